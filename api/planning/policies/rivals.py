"""Policies that ours is held against: what one would do without thinking, and what one could do knowing everything.

They have no timetable and no bursts. Ours and theirs stand on the same pools, but for the one that knows everything.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from api.planning.demand import Day
from api.planning.formulas import effective_r
from api.planning.question import PolicyName
from api.planning.scaling import UNBOUNDED, Alarm, LaneScaling, Maths, Setting, Step, Tracking

METRICS: Final = {
    "work": "QueuedAudioSeconds",
    "visible": "ApproximateNumberOfMessagesVisible",
    "tasks": "RunningTaskCount",
    "speed": "MeasuredR",
}
RUNNING: Final = "IF(FILL(tasks, 0) > 0, tasks, 1)"
AUDIO: Final = Maths(
    metrics=METRICS,
    expressions={"wait": f"work / FILL(speed, 60) / {RUNNING}", "asleep": "FILL(tasks, 0) < 1 AND work > 0"},
    returns="wait",
)
MESSAGES: Final = Maths(
    metrics=METRICS,
    expressions={"wait": f"visible / {RUNNING}", "asleep": "FILL(tasks, 0) < 1 AND visible > 0"},
    returns="wait",
)
IDLE_S: Final = 300.0
POINTS: Final = 3
"""Points that target tracking wants, and that people copy into their alarms."""
COOLDOWN_S: Final = 300.0
WARM_UP_S: Final = 300.0
"""Both as AWS sets them where nobody else does."""


def rival(name: PolicyName, lane: LaneScaling, setting: Setting, day: Day) -> tuple[LaneScaling, Setting]:
    """The policy of that name with the goal, ceiling and shares of `lane`, on the same pools."""
    mean_s = day.lengths.mean_s
    made = MADE[name](lane, effective_r(setting.machine, mean_s) / mean_s)
    update: dict[str, object] = {"most": UNBOUNDED}
    if made.foresees:
        update |= {"from_zero": 1, "tail_s": 0.0}
    elif made.alarms:
        update |= {"warm_up_s": WARM_UP_S}
    pools = {"on_demand": setting.on_demand, "spot": setting.spot}
    return made, setting.model_copy(update={name: pool.model_copy(update=update) for name, pool in pools.items()})


def _always(lane: LaneScaling, _rate: float) -> LaneScaling:
    """One worker day and night, more by target tracking, gone after five idle minutes."""
    return _plain(lane, least=1, tracking=_tracking(AUDIO, _target(lane), is_out_only=True), idle_s=IDLE_S)


def _defaults(lane: LaneScaling, _rate: float) -> LaneScaling:
    """From zero, by work, with every cool-down and point as AWS sets it."""
    return _plain(lane, alarms=(_wake(AUDIO, 1),), tracking=_tracking(AUDIO, _target(lane)))


def _messages(lane: LaneScaling, rate: float) -> LaneScaling:
    """The same by visible messages: as many a worker as it does in the target's time, `rate` calls a second."""
    target = _target(lane) * rate
    return _plain(lane, alarms=(_wake(MESSAGES, POINTS),), tracking=_tracking(MESSAGES, target))


def _clairvoyant(lane: LaneScaling, _rate: float) -> LaneScaling:
    return _plain(lane, foresees=True)


def _plain(lane: LaneScaling, **rules: object) -> LaneScaling:
    """Bounds, goal and shares of `lane`, and of its rules only what is given."""
    return lane.model_copy(update={"least": 0, "alarms": (), "tracking": None, "timetable": (), **rules})


def _tracking(maths: Maths, target: float, *, is_out_only: bool = False) -> Tracking:
    return Tracking(
        maths=maths, target=target, out_cooldown_s=COOLDOWN_S, in_cooldown_s=COOLDOWN_S, is_out_only=is_out_only
    )


def _wake(maths: Maths, points: int) -> Alarm:
    asleep = maths.model_copy(update={"returns": "asleep"})
    return Alarm(name="wake", maths=asleep, threshold=0.5, periods=points, points=points, steps=(Step(adjust=1),))


def _target(lane: LaneScaling) -> float:
    return lane.tracking.target if lane.tracking else lane.goal_s / 5


MADE: Mapping[PolicyName, Callable[[LaneScaling, float], LaneScaling]] = MappingProxyType(
    {"always": _always, "defaults": _defaults, "messages": _messages, "clairvoyant": _clairvoyant}
)
