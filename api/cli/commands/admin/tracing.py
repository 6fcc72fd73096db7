"""`callscribe admin trace`: where the seconds of one call went, from the spans that the local stack keeps."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from api.cli.options import asks
from api.cli.session import Session
from api.cli.tables import named_columns

SPANS = Path(".local/spans.jsonl")
WIDTH = 48
"""Columns of the longest bar."""
UNKNOWN = 1
Span = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one job, by their begin, each with how deep it lies; and the batches of the engine it was in."""

    spans: tuple[tuple[int, Span], ...]
    batches: tuple[Span, ...]

    @property
    def begins_at(self) -> float:
        """When the first span began, epoch seconds."""
        return min(float(span["at"]) for _, span in self.spans)

    @property
    def lasts_s(self) -> float:
        """Seconds until the last one ended."""
        return max(float(span["at"]) + float(span["elapsed_s"]) for _, span in self.spans) - self.begins_at


@asks
def trace_command(
    session: Session,
    job_id: Annotated[str, typer.Argument(metavar="JOB_ID", help="job_…")],
    file: Annotated[Path, typer.Option(help="the file of spans that `callscribe up` writes")] = SPANS,
) -> None:
    """Show the way of a call through all processes, a line a span: every claim, every ring, every delivery."""
    found = trace_of(job_id, _read(file))
    if found is None:
        session.warn(f"{file} holds no span of {job_id}: it is written while `callscribe up` runs, a second late")
        raise typer.Exit(UNKNOWN)
    session.out.print(waterfall(found))
    rows = sum(int(batch["attributes"].get("rows", 0)) for batch in found.batches)
    if found.batches:
        session.say(f"heard in {len(found.batches)} batches of the engine, which held {rows} rows of all calls")


def trace_of(job_id: str, spans: Iterable[Span]) -> Trace | None:
    """The trace in which `job_id` is named; None where no span names it."""
    known = tuple(spans)
    traces = {span["trace_id"] for span in known if span["attributes"].get("job_id") == job_id}
    own = sorted((span for span in known if span["trace_id"] in traces), key=lambda span: float(span["at"]))
    batches = tuple(span for span in known if traces.intersection(span["links"]))
    return Trace(tuple((_depth(span, own), span) for span in own), batches) if own else None


def waterfall(trace: Trace) -> Table:
    """A line a span: when it began, how long it took, and a bar where it lies in the whole."""
    table = named_columns("span", "in", "after", "took", "")
    for depth, span in trace.spans:
        after_s, took_s = float(span["at"]) - trace.begins_at, float(span["elapsed_s"])
        style = "green" if span["is_ok"] else "red"
        name = Text("  " * depth + str(span["name"]), style="" if span["is_ok"] else "red")
        bar = Text(_bar(after_s, took_s, trace.lasts_s), style=style, no_wrap=True)
        table.add_row(name, str(span["service"]), f"{after_s:.3f} s", f"{took_s:.3f} s", bar)
    return table


def _bar(after_s: float, took_s: float, whole_s: float) -> str:
    scale = WIDTH / whole_s if whole_s else 0.0
    begin = min(int(after_s * scale), WIDTH - 1)
    return " " * begin + "█" * max(1, min(round(took_s * scale), WIDTH - begin))


def _depth(span: Span, own: Sequence[Span]) -> int:
    """How many spans it lies in; one whose parent was lost with its process stands at the margin."""
    parents = {one["span_id"]: one["parent_id"] for one in own}
    depth, parent = 0, span["parent_id"]
    for _ in own:
        if parent not in parents:
            break
        depth, parent = depth + 1, parents[parent]
    return depth


def _read(file: Path) -> list[Span]:
    """The spans of a file; a line that is not whole yet is passed over."""
    spans: list[Span] = []
    for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
        try:
            spans.append(json.loads(line))
        except ValueError:
            continue
    return spans
