"""What an alarm is, and how alarms are read: from a plan of Terraform, or from the extract of one beside this file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

EXTRACT = Path(__file__).parents[1] / "alarms.json"


@dataclass(frozen=True, slots=True)
class Metric:
    """One series of CloudWatch and how a period of it becomes a number."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period_s: int

    @property
    def series(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        return self.namespace, self.name, self.dimensions


@dataclass(frozen=True, slots=True)
class Alarm:
    """A metric alarm: `watched` is the series that is held against the threshold, or the band.

    `expressions` stand in an order in which each knows what it names.
    """

    name: str
    description: str
    priority: str | None
    comparison: str
    threshold: float | None
    band: str | None
    points: int
    periods: int
    missing: str
    watched: str
    metrics: Mapping[str, Metric]
    expressions: Mapping[str, str]

    @property
    def period_s(self) -> int:
        return max(metric.period_s for metric in self.metrics.values())

    @property
    def short(self) -> str:
        """Its name without `callscribe-<env>-`."""
        return self.name.split("-", 2)[2]


def alarms_of(extract: Mapping[str, Any]) -> tuple[Alarm, ...]:
    """The metric alarms of an extract."""
    return tuple(_alarm(**one) for one in extract["alarms"])


def _alarm(metrics: Mapping[str, Any], **rest: Any) -> Alarm:
    made = {id_: Metric(**{**m, "dimensions": tuple(map(tuple, m["dimensions"]))}) for id_, m in metrics.items()}
    return Alarm(**{**rest, "metrics": made, "expressions": _in_order(rest["expressions"])})


def committed() -> dict[str, Any]:
    """The extract that lies beside this file."""
    return json.loads(EXTRACT.read_text())


def resources(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every managed resource that the plan of an empty account would make."""

    def of(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield from (one for one in module.get("resources", ()) if one["mode"] == "managed")
        for child in module.get("child_modules", ()):
            yield from of(child)

    return of(plan["planned_values"]["root_module"])


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the evaluator needs of one planned `aws_cloudwatch_metric_alarm`."""
    queries = values["metric_query"] or [_as_query(values)]
    metrics = {query["id"]: asdict(_metric(query["metric"][0])) for query in queries if query["metric"]}
    watched = [
        query["id"] for query in queries if query["return_data"] and query["id"] != values["threshold_metric_id"]
    ]
    return {
        "name": values["alarm_name"],
        "description": values["alarm_description"],
        "priority": (values["tags"] or {}).get("priority"),
        "comparison": values["comparison_operator"],
        "threshold": values["threshold"],
        "band": values["threshold_metric_id"],
        "points": values["datapoints_to_alarm"] or values["evaluation_periods"],
        "periods": values["evaluation_periods"],
        "missing": values["treat_missing_data"],
        "watched": watched[0],
        "metrics": metrics,
        "expressions": {query["id"]: query["expression"] for query in queries if query["expression"]},
    }


def _as_query(values: Mapping[str, Any]) -> dict[str, Any]:
    metric = {name: values[name] for name in ("namespace", "metric_name", "dimensions", "period")}
    return {
        "id": "m",
        "expression": "",
        "return_data": True,
        "metric": [{**metric, "stat": values["statistic"] or values["extended_statistic"]}],
    }


def _metric(planned: Mapping[str, Any]) -> Metric:
    dimensions = tuple(sorted((planned["dimensions"] or {}).items()))
    return Metric(planned["namespace"], planned["metric_name"], dimensions, planned["stat"], planned["period"])


def _in_order(expressions: Mapping[str, str]) -> dict[str, str]:
    """What names no other expression goes first, what names most of them last."""
    return dict(sorted(expressions.items(), key=lambda one: sum(name in one[1] for name in expressions)))
