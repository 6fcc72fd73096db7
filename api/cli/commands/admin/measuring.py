"""`callscribe admin metrics`: the metrics that CloudWatch would show, from the log lines of the local stack."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.table import Table

from api.cli.options import asks
from api.cli.session import Session
from api.cli.tables import named_columns
from shared.telemetry import FACTS, METRICS, FactName, Sample, samples_of

LOGS = Path(".local/log")
LINE = re.compile(r"\d\d:\d\d:\d\d [A-Z]+ +(?P<fact>[a-z_]+)(?P<fields>.*)")
FIELD = re.compile(r"(\w+)=(\S+)")
NOTHING_TOLD = 1


@asks
def metrics_command(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="METRIC", help="only metrics whose name begins so")] = None,
    logs: Annotated[Path, typer.Option(help="the logs that `callscribe up` writes")] = LOGS,
) -> None:
    """Show every metric that the running stack has given, by its dimensions: the same facts, read by the same list."""
    lines = (line for log in sorted(logs.glob("*.log")) for line in log.read_text("utf-8", "replace").splitlines())
    samples = [one for one in samples_in(lines) if one.metric.startswith(name or "")]
    if not samples:
        session.warn(f"{logs} tells of no metric" + (f" {name}…" if name else ""))
        raise typer.Exit(NOTHING_TOLD)
    session.out.print(metric_table(samples))


def samples_in(lines: Iterable[str]) -> Iterator[Sample]:
    """What the lines of a log in text form say in numbers."""
    for line in lines:
        match = LINE.fullmatch(line)
        if match and match["fact"] in FACTS:
            yield from samples_of(cast("FactName", match["fact"]), _fields(match["fields"]))


def metric_table(samples: Iterable[Sample]) -> Table:
    """A line for each metric and set of dimensions: how often it was told, and what it came to."""
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in samples:
        values[one.metric, " ".join(f"{key}={value}" for key, value in one.dimensions.items())].append(one.value)
    order: list[str] = list(METRICS)
    table = named_columns("metric", "dimensions", "told", "sum", "mean", "most", "last")
    for (metric, dimensions), own in sorted(values.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        figures = (sum(own), sum(own) / len(own), max(own), own[-1])
        table.add_row(
            metric, dimensions, str(len(own)), *(f"{figure:,.3f}".rstrip("0").rstrip(".") for figure in figures)
        )
    return table


def _fields(text: str) -> dict[str, Any]:
    return {name: _number(value) for name, value in FIELD.findall(text)}


def _number(text: str) -> Any:
    """A value of a line as it was told: a number where it looks like one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
