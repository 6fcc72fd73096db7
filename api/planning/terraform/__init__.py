"""From `terraform show -json` of a plan to the values that the simulation plays. It runs nothing and asks nobody."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.planning.fleet import LIVE, NIGHT, Load, Planned
from api.planning.scaling import Provider
from api.planning.terraform.lanes import HOUR_S, MINUTE_S, ON_DEMAND, SPOT, lane_of
from api.planning.terraform.resources import NotPlanned, Resource, Values, every, one, resources
from shared.capacity.shrinking import EMPTY_S

__all__ = ["NotPlanned", "planned"]

DAY_H: Final = 24
SHRINK: Final = "shrink"
LOOK_S: Final = 60
"""The function that ends empty machines looks once a minute, and drains at one look and ends at the next."""
UNSAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "worker": {"measured_r": 60, "job_overhead_seconds": 1.5, "ready_seconds": 240},
    "load": {
        "reps": 100, "calls_per_rep_day": 16, "mean_call_seconds": 360, "peak_hour_share": 0.145,
        "nightly_audio_hours": 50,
    },
    "nightly": {"start": "22:00", "deadline": "06:00"},
    "gpu_instance_types": {"on_demand": ["g6.xlarge"]},
}  # fmt: skip
"""What a plan leaves out of an object that was given in part: the defaults of Terraform's variables."""


def planned(plan: Mapping[str, Any]) -> Planned:
    """Read one plan.

    Raises:
        NotPlanned: it is no plan, or a resource or variable that scaling stands on is missing from it.
    """
    if "planned_values" not in plan or "variables" not in plan:
        raise NotPlanned("this is not the output of `terraform show -json PLANFILE`")
    found = list(resources(plan["planned_values"]["root_module"]))
    given = {name: _whole(name, one.get("value")) for name, one in plan["variables"].items()}
    try:
        return _planned(found, given, plan["planned_values"]["outputs"]["capacity"]["value"]["lanes"])
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise NotPlanned(f"the plan lacks {error}") from error


def _planned(found: Sequence[Resource], given: Mapping[str, Any], lanes: Mapping[str, Any]) -> Planned:
    if missing := {LIVE, NIGHT} - set(lanes):
        raise NotPlanned(f"no lane {', '.join(sorted(missing))}")
    worker = given["worker"]
    return Planned(
        lanes={lane: lane_of(lane, wanted["goal_s"], found) for lane, wanted in lanes.items()},
        r=worker["measured_r"],
        overhead_s=worker["job_overhead_seconds"],
        ready_s=worker["ready_seconds"],
        on_demand=_provider(ON_DEMAND, found),
        spot=_provider(SPOT, found),
        load=_load(given["load"], given["nightly"]),
        egress=given["egress"],
        region=given["region"],
        instance_type=given["gpu_instance_types"]["on_demand"][0],
    )


def _load(load: Values, nightly: Values) -> Load:
    return Load(
        reps=load["reps"],
        calls_per_rep=load["calls_per_rep_day"],
        mean_s=load["mean_call_seconds"],
        peak_share=load["peak_hour_share"],
        night_hours=load["nightly_audio_hours"],
        night_at_h=_hour(nightly["start"]),
        night_due_h=DAY_H + _hour(nightly["deadline"]),
    )


def _provider(pool: str, found: Sequence[Resource]) -> Provider:
    here = [part for part in found if f'["{pool}"]' in part["address"]]
    managed = one(here, "aws_ecs_capacity_provider")["auto_scaling_group_provider"][0]["managed_scaling"][0]
    return Provider(
        step_least=managed["minimum_scaling_step_size"],
        step_most=managed["maximum_scaling_step_size"],
        warm_up_s=managed["instance_warmup_period"],
        most=one(here, "aws_autoscaling_group")["max_size"],
        empty_s=EMPTY_S + LOOK_S if any(True for _ in every(found, "aws_lambda_function", SHRINK)) else None,
    )


def _whole(name: str, value: Any) -> Any:
    """A variable with the parts that were left out."""
    return {**UNSAID[name], **value} if name in UNSAID and isinstance(value, dict) else value


def _hour(clock: str) -> float:
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) * MINUTE_S / HOUR_S
