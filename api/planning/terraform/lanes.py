"""How Terraform scales one lane: bounds, timetable, target tracking, step policies with their alarms."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from api.planning.scaling import Alarm, LaneScaling, Maths, Share, Step, Timed, Tracking
from api.planning.terraform.resources import NotPlanned, Resource, Values, every, one

HOUR_S: Final = 3_600
MINUTE_S: Final = 60
ON_DEMAND, SPOT = "ondemand", "spot"
CRON: Final = re.compile(r"cron\((\d+) (\d+) ")


def lane_of(lane: str, goal_s: float, found: Sequence[Resource]) -> LaneScaling:
    """The scaling of one lane.

    Raises:
        NotPlanned: a resource is missing, or its schedule is no clock.
    """
    target = one(found, "aws_appautoscaling_target", lane)
    timetable = tuple(_timed(action) for action in every(found, "aws_appautoscaling_scheduled_action", lane))
    ceilings = [timed.most for timed in timetable if timed.most is not None]
    return LaneScaling(
        goal_s=goal_s,
        least=target["min_capacity"],
        most=max([target["max_capacity"], *ceilings]),
        quiet=min([target["max_capacity"], *ceilings]),
        alarms=tuple(_alarms(found, lane)),
        tracking=_tracking(found, lane),
        timetable=timetable,
        share=_share(one(found, "aws_ecs_service", lane)),
    )


def _share(service: Values) -> Share:
    base, weights = 0, {ON_DEMAND: 0, SPOT: 0}
    for part in service["capacity_provider_strategy"]:
        pool = SPOT if part["capacity_provider"].endswith(SPOT) else ON_DEMAND
        weights[pool] = part["weight"]
        base += part["base"] if pool == ON_DEMAND else 0
    return Share(base=base, on_demand=weights[ON_DEMAND], spot=weights[SPOT])


def _alarms(found: Sequence[Resource], lane: str) -> Iterator[Alarm]:
    """Every step policy of the lane, with the alarm of the same name."""
    for policy in every(found, "aws_appautoscaling_policy", lane):
        if policy["policy_type"] != "StepScaling":
            continue
        step = policy["step_scaling_policy_configuration"][0]
        alarms = every(found, "aws_cloudwatch_metric_alarm")
        alarm = next((known for known in alarms if known["alarm_name"] == policy["name"]), None)
        if alarm is None:
            raise NotPlanned(f"no alarm is named like the policy {policy['name']}")
        periods = alarm["evaluation_periods"]
        yield Alarm(
            name=policy["name"].rsplit("-", 1)[1],
            maths=_maths(alarm["metric_query"], "metric"),
            comparison=alarm["comparison_operator"],
            threshold=alarm["threshold"],
            periods=periods,
            points=alarm["datapoints_to_alarm"] or periods,
            missing=alarm["treat_missing_data"],
            adjustment=step["adjustment_type"],
            least=step["min_adjustment_magnitude"] or 1,
            cooldown_s=step["cooldown"] or 0,
            steps=tuple(_step(part) for part in step["step_adjustment"]),
        )


def _step(part: Values) -> Step:
    bounds = (part["metric_interval_lower_bound"], part["metric_interval_upper_bound"])
    above, below = (float(bound) if bound not in (None, "") else None for bound in bounds)
    return Step(above=above, below=below, adjust=part["scaling_adjustment"])


def _tracking(found: Sequence[Resource], lane: str) -> Tracking | None:
    for policy in every(found, "aws_appautoscaling_policy", lane):
        if policy["policy_type"] == "TargetTrackingScaling":
            made = policy["target_tracking_scaling_policy_configuration"][0]
            metrics = made["customized_metric_specification"][0]["metrics"]
            return Tracking(
                maths=_maths(metrics, "metric_stat"),
                target=made["target_value"],
                out_cooldown_s=made["scale_out_cooldown"],
                in_cooldown_s=made["scale_in_cooldown"],
                is_out_only=bool(made["disable_scale_in"]),
            )
    return None


def _maths(queries: Sequence[Values], kind: str) -> Maths:
    metrics = {}
    for query in queries:
        for metric in query[kind]:
            inner = metric["metric"][0] if kind == "metric_stat" else metric
            metrics[query["id"]] = inner["metric_name"]
    return Maths(
        metrics=metrics,
        expressions={query["id"]: query["expression"] for query in queries if query["expression"]},
        returns=next(query["id"] for query in queries if query["return_data"] in (None, True)),
    )


def _timed(action: Values) -> Timed:
    clock = CRON.match(action["schedule"])
    if clock is None:
        raise NotPlanned(f"a schedule at full minutes every day: {action['schedule']}")
    bounds = action["scalable_target_action"][0]
    least, most = (None if bounds[name] is None else int(bounds[name]) for name in ("min_capacity", "max_capacity"))
    return Timed(at_s=int(clock[2]) * HOUR_S + int(clock[1]) * MINUTE_S, least=least, most=most)
