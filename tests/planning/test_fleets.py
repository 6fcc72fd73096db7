"""Instances under a capacity provider: two from zero, a long tail, and Spot that is taken away."""

from math import inf

import pytest

from api.planning.demand import HOUR_S, Calls
from api.planning.policies.rivals import AUDIO
from api.planning.scaling import Alarm, LaneScaling, Machine, Provider, Setting, Share, Step, Timed
from api.planning.simulation import play

NOON_S = 12 * HOUR_S
ONE_CALL = Calls((NOON_S,), (360.0,))
ASLEEP = AUDIO.model_copy(update={"returns": "asleep"})
WORK = AUDIO.model_copy(update={"returns": "work"})
WAKE = Alarm(name="wake", maths=ASLEEP, threshold=0.5, steps=(Step(adjust=1),))
IDLE = Alarm(
    name="idle", maths=WORK, comparison="LessThanOrEqualToThreshold", periods=5, points=5,
    steps=(Step(above=None, below=0.0, adjust=0),),
)  # fmt: skip
ON_DEMAND = Share(base=0, on_demand=1, spot=0)
SPOT = Share(base=0, on_demand=0, spot=1)
LANE = LaneScaling(goal_s=300, most=3, alarms=(WAKE, IDLE), share=ON_DEMAND)
MACHINE = Machine(r=60, overhead_s=0, boot_s=240, load_s=60)


def setting(**provider):
    made = Provider(**provider)
    return Setting(machine=MACHINE, on_demand=made, spot=made, delay_s=0)


def test_a_provider_starts_two_machines_from_zero():
    assert play(ONE_CALL, LANE, setting()).starts == 2
    assert play(ONE_CALL, LANE, setting(most=1)).starts == 1


def test_the_first_call_waits_for_metric_and_boot():
    played = play(Calls((NOON_S + 30,), (360.0,)), LANE, setting())

    assert played.waits_s == (30 + 240,)


def test_an_old_metric_is_waited_for_as_well():
    on = setting().model_copy(update={"delay_s": 60.0})

    assert play(ONE_CALL, LANE, on).waits_s == (60 + 240,)


def test_empty_machines_stay_a_quarter_of_an_hour():
    short, long = (play(ONE_CALL, LANE, setting(tail_s=tail_s, from_zero=1)) for tail_s in (0.0, 900.0))

    assert long.billed_s - short.billed_s == 900


def test_a_machine_can_be_ended_before_its_tail():
    quick = play(ONE_CALL, LANE, setting(empty_s=240, from_zero=1))
    slow = play(ONE_CALL, LANE, setting(from_zero=1))

    assert slow.billed_s - quick.billed_s == 900 - 240


def test_a_warm_machine_takes_a_new_task_sooner():
    again = Calls((NOON_S, NOON_S + 900), (360.0, 360.0))

    assert play(again, LANE, setting(from_zero=1)).waits_s == (240, 60)


def test_a_floor_spares_the_first_call_its_wait():
    open_at = (Timed(at_s=7 * HOUR_S, least=1), Timed(at_s=19 * HOUR_S, least=0))

    played = play(ONE_CALL, LANE.model_copy(update={"timetable": open_at}), setting(tail_s=0, from_zero=1))

    assert played.waits_s == (0,)
    assert played.billed_s == pytest.approx(12 * HOUR_S, abs=60)


def test_a_lane_without_a_wake_rule_never_works():
    assert play(ONE_CALL, LANE.model_copy(update={"alarms": ()}), setting()).waits_s == (inf,)


def test_a_lost_spot_machine_is_replaced_and_loses_no_call():
    calls = Calls(tuple(NOON_S + 30 * place for place in range(400)), (600.0,) * 400)
    on = setting().model_copy(update={"interruptions_per_hour": 2.0})

    played = play(calls, LANE.model_copy(update={"share": SPOT}), on, seed=1)

    assert played.starts > 2
    assert inf not in played.waits_s


def test_purchase_types_are_mixed_as_asked():
    calls = Calls((NOON_S,) * 40, (3_600.0,) * 40)
    four = (WAKE.model_copy(update={"steps": (Step(adjust=5),)}), IDLE)
    lane = LANE.model_copy(update={"alarms": four, "most": 5, "share": Share(base=1, on_demand=1, spot=3)})

    played = play(calls, lane, setting(from_zero=1, tail_s=0))

    assert played.on_demand_s > 0
    assert played.spot_s > played.on_demand_s


def test_a_worker_with_a_call_is_never_stopped():
    calls = Calls((NOON_S,) * 3, (3_600.0,) * 3)
    shut = (Timed(at_s=7 * HOUR_S, least=1, most=3), Timed(at_s=NOON_S + 60, least=0, most=0))

    played = play(calls, LANE.model_copy(update={"timetable": shut}), setting())

    assert played.waits_s == (0, 60, 120)
