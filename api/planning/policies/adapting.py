"""The planned lane for other inputs: what Terraform would compute, so that a question needs no new plan."""

from collections.abc import Mapping

from api.planning.demand import HOUR_S, Day
from api.planning.fleet import LIVE, Planned
from api.planning.formulas import effective_r, least_workers, peak_workers, target_wait_s
from api.planning.question import Question
from api.planning.scaling import LaneScaling, Machine, Setting, Share


def setting_for(planned: Planned, question: Question) -> Setting:
    """What a lane of this plan is played on."""
    machine, boot_s = planned.machine, question.boot or planned.ready_s
    load_s = machine.load_s if question.load is None else question.load
    asked = {"r": question.r, "overhead_s": question.overhead, "boot_s": boot_s, "load_s": min(load_s, boot_s)}
    providers = _given({"empty_s": question.tail, "from_zero": question.from_zero})
    return Setting(
        machine=machine.model_copy(update=_given(asked)),
        on_demand=planned.on_demand.model_copy(update=providers),
        spot=planned.spot.model_copy(update=providers),
        delay_s=question.delay,
        interruptions_per_hour=question.interruptions,
    )


def pools_for(setting: Setting, before: int, most: int) -> Setting:
    """Pools that hold as many instances more as the lane's ceiling has risen."""
    on_demand, spot = (
        pool.model_copy(update={"most": pool.most + most - before}) for pool in (setting.on_demand, setting.spot)
    )
    return setting.model_copy(update={"on_demand": on_demand, "spot": spot})


def lane_for(planned: Planned, question: Question, day: Day, goal_s: float | None) -> LaneScaling:
    """The planned live lane with the ceiling, target and shares that this question comes to."""
    lane, machine = planned.lanes[LIVE], setting_for(planned, question).machine
    goal_s = goal_s or lane.goal_s
    is_retargeted = (goal_s, machine.boot_s) != (lane.goal_s, planned.ready_s)
    share = None if question.spot is None else share_of(question.spot)
    lane = raised(_floored(lane, _floor(planned, question, day, machine)), _ceiling(planned, question, day, machine))
    lane = lane.model_copy(update=_given({"goal_s": goal_s, "share": share}))
    if is_retargeted:
        lane = _retargeted(lane, target_wait_s(goal_s, machine.boot_s))
    return _idling(lane, question.idle) if question.idle else lane


def raised(lane: LaneScaling, most: int) -> LaneScaling:
    """The same lane with another ceiling, wherever the timetable names the old one."""
    timetable = tuple(
        timed.model_copy(update={"most": most}) if timed.most == lane.most else timed for timed in lane.timetable
    )
    return lane.model_copy(update={"most": most, "timetable": timetable})


def share_of(spot: float) -> Share:
    """Workers by purchase type."""
    return Share(base=0, on_demand=round(100 * (1 - spot)), spot=round(100 * spot))


def changes(planned: Planned, lane: LaneScaling, setting: Setting) -> tuple[str, ...]:
    """What a question changed of the plan, in the words of Terraform's variables."""
    before = planned.lanes[LIVE]
    pairs = (
        ("goal_seconds", before.goal_s, lane.goal_s),
        ("worker max", before.most, lane.most),
        ("floor", before.floor, lane.floor),
        ("measured_r", planned.r, setting.machine.r),
        ("job_overhead_seconds", planned.overhead_s, setting.machine.overhead_s),
        ("ready_seconds", planned.ready_s, setting.machine.boot_s),
        ("target of the wait", _target(before), _target(lane)),
    )
    return tuple(f"{name} {old:g} → {new:g}" for name, old, new in pairs if old != new)


def _ceiling(planned: Planned, question: Question, day: Day, machine: Machine) -> int:
    if question.most is not None:
        return question.most
    if _is_as_planned(planned, day, machine):
        return planned.lanes[LIVE].most
    share = planned.load.peak_share if isinstance(question.profile, str) else day.peak_share
    peak = day.reps * day.calls_per_rep * day.lengths.mean_s * share / HOUR_S
    return peak_workers(peak, effective_r(machine, day.lengths.mean_s))


def _floor(planned: Planned, question: Question, day: Day, machine: Machine) -> int:
    lane = planned.lanes[LIVE]
    if question.floor is not None:
        return question.floor
    if _is_as_planned(planned, day, machine) or not lane.open_s:
        return lane.floor
    load = day.reps * day.calls_per_rep * day.lengths.mean_s / lane.open_s
    return max(1, least_workers(load, effective_r(machine, day.lengths.mean_s)))


def _is_as_planned(planned: Planned, day: Day, machine: Machine) -> bool:
    load = planned.load
    told = (load.reps, load.calls_per_rep, load.mean_s, planned.r, planned.overhead_s)
    return told == (day.reps, day.calls_per_rep, day.lengths.mean_s, machine.r, machine.overhead_s)


def _floored(lane: LaneScaling, floor: int) -> LaneScaling:
    """Another floor, wherever the timetable has one."""
    timetable = tuple(timed.model_copy(update={"least": floor}) if timed.least else timed for timed in lane.timetable)
    return lane.model_copy(update={"timetable": timetable})


def _retargeted(lane: LaneScaling, target_s: float) -> LaneScaling:
    """Another target, and every alarm on the wait in its old proportion to it."""
    if lane.tracking is None:
        return lane
    factor = target_s / lane.tracking.target
    alarms = tuple(
        alarm.model_copy(update={"threshold": alarm.threshold * factor})
        if alarm.maths.returns == lane.tracking.maths.returns
        else alarm
        for alarm in lane.alarms
    )
    tracking = lane.tracking.model_copy(update={"target": target_s})
    return lane.model_copy(update={"tracking": tracking, "alarms": alarms})


def _idling(lane: LaneScaling, minutes: int) -> LaneScaling:
    """The alarm that lets workers go, after other minutes."""
    asked = {"periods": minutes, "points": minutes}
    alarms = tuple(alarm.model_copy(update=asked) if alarm.name == "idle" else alarm for alarm in lane.alarms)
    return lane.model_copy(update={"alarms": alarms})


def _target(lane: LaneScaling) -> float:
    return lane.tracking.target if lane.tracking else 0.0


def _given(asked: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if value is not None}
