"""Idealised policies and days of a worked example that others can repeat: no tail, one purchase type, no delay."""

from api.planning.demand import Day
from api.planning.policies.rivals import AUDIO, MESSAGES
from api.planning.scaling import Alarm, LaneScaling, Machine, Maths, Provider, Setting, Share, Step, Tracking
from api.planning.simulation import play

OVERHEAD_S = 0.3
BOOT_S = 240.0
MOST = 12
ALONE = Share(base=0, on_demand=1, spot=0)
SEEDS = 2
CALLS_PER_REP = {100: 15.05, 1_000: 16.0}
"""The example counts 150 and 1,592 call-hours a day."""
SLACK = Maths(
    metrics=AUDIO.metrics | {"slack": "DeadlineSlackSeconds"},
    expressions={"due": "FILL(tasks, 0) < 1 AND FILL(slack, 86400) <= 0"},
    returns="due",
)


def wake(maths, workers, points=1, returns="asleep"):
    """From zero to so many workers."""
    asleep = maths.model_copy(update={"returns": returns})
    return Alarm(name="wake", maths=asleep, threshold=0.5, periods=points, points=points, steps=(Step(adjust=workers),))


def following(maths=AUDIO, target=60.0, points=1):
    """Target tracking that only adds."""
    return Tracking(maths=maths, target=target, out_points=points, is_out_only=True)


def always(r):
    """One day and night, more by work, gone after five minutes."""
    return LaneScaling(goal_s=300, least=1, most=MOST, tracking=following(), share=ALONE, idle_s=300)


def from_zero(r, idle_s=900.0):
    """Two at the first call, more by work."""
    alarms = (wake(AUDIO, 2),)
    return LaneScaling(goal_s=300, most=MOST, alarms=alarms, tracking=following(), share=ALONE, idle_s=idle_s)


def by_messages(r):
    """The same by visible messages and three points."""
    alarms, tracking = (wake(MESSAGES, 2, 3),), following(MESSAGES, 60 * r / 360, 3)
    return LaneScaling(goal_s=300, most=MOST, alarms=alarms, tracking=tracking, share=ALONE, idle_s=900)


def at_deadline(r, goal_s):
    """Two when the oldest call must start, each until it finds nothing more."""
    alarms = (wake(SLACK, 2, returns="due"),)
    return LaneScaling(goal_s=goal_s, most=MOST, alarms=alarms, share=ALONE, idle_s=0.0)


def days(reps, r, scaling, boot_s=BOOT_S, from_zero_instances=2):
    """A few days of the usual shape under a policy."""
    provider = Provider(from_zero=from_zero_instances, tail_s=0.0)
    machine = Machine(r=r, overhead_s=OVERHEAD_S, boot_s=boot_s, load_s=0.0)
    setting = Setting(machine=machine, on_demand=provider, spot=provider, delay_s=0.0)
    day = Day(reps=reps, calls_per_rep=CALLS_PER_REP[reps])
    return [play(day.drawn(seed), scaling, setting, seed) for seed in range(SEEDS)]


def billed_h(reps, r, scaling, **on):
    """Mean GPU-hours of a day."""
    return sum(day.billed_s for day in days(reps, r, scaling, **on)) / 3_600 / SEEDS


def longest_s(reps, r, scaling, **on):
    """The longest wait of all."""
    return max(wait for day in days(reps, r, scaling, **on) for wait in day.waits_s)
