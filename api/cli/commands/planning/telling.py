"""How the answer reads: first what it costs, how long calls wait and what a vendor asks, then the figures."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from api.cli.session import Session

if TYPE_CHECKING:
    from api.planning.answers import LaneAnswer, Report, SizeAnswer

FIRST = "responsive"
NIGHT = "night"
NEVER = "never"
COLUMNS = (
    "policy", "goal s", "p50 s", "p95 s", "p99 s", "max s", "missed/day", "GPU h/day", "busy h", "ratio", "starts",
    "queue", "GPUs USD/month", "a call-hour", "all in USD", "a call-hour",
)  # fmt: skip
ALWAYS_SHOWN = frozenset({"policy", "p95 s", "max s", "missed/day", "ratio", "GPUs USD/month", "all in USD"})
WIDE = 140
"""Columns of a terminal that the whole table takes; a narrower one gets what matters most."""


def tell(session: Session, report: "Report") -> None:
    """Print it, size by size."""
    for size in report.sizes:
        session.say(headline(size))
    for size in report.sizes:
        session.out.print()
        session.out.print(_table(size, is_wide=session.out.width >= WIDE))
        for line in _beside(size):
            session.say(line, style="dim")
    session.out.print()
    session.say(
        f"{report.instance} in {report.region}, {report.egress} egress, {report.days:g} working days a month, "
        f"days simulated: {report.seeds}; prices: {report.prices_as_of}.",
        style="dim",
    )


def headline(size: "SizeAnswer") -> Text:
    """What most people want to know of one size, in one sentence."""
    lane = next((one for one in size.lanes if one.policy == FIRST), size.lanes[0])
    waits = lane.waits
    vendor, usd = next(iter(size.vendors_usd.items()))
    kept = "the promise holds" if _holds(lane) else f"the promise of {lane.goal_s:,.0f} s is BROKEN"
    return Text.assemble(
        (f"{size.reps:,} reps, {lane.policy}: ", "bold"),
        f"{lane.usd_month:,.0f} USD a month all in, of it {lane.gpu_usd_month:,.0f} for GPUs "
        f"({lane.usd_call_hour:.3f} a call-hour); calls wait {_s(waits.p95_s)} s at p95, {_s(waits.p50_s)} s at "
        f"the median, {_s(waits.max_s)} s at most: ",
        (kept, "green" if _holds(lane) else "red"),
        f". {vendor}: {usd:,.0f} USD, {usd / max(size.call_hours_month, 1e-9):.2f} a call-hour.",
    )


def _table(size: "SizeAnswer", *, is_wide: bool) -> Table:
    shown = [place for place, name in enumerate(COLUMNS) if is_wide or name in ALWAYS_SHOWN]
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    for place in shown:
        table.add_column(COLUMNS[place], justify="right" if place else "left", no_wrap=True)
    for lane in size.lanes:
        row = _row(lane)
        table.add_row(*(row[place] for place in shown))
    return table


def _row(lane: "LaneAnswer") -> tuple[str | Text, ...]:
    waits = lane.waits
    return (
        lane.policy, f"{lane.goal_s:,.0f}", _s(waits.p50_s), _s(waits.p95_s), _s(waits.p99_s), _s(waits.max_s),
        Text(f"{lane.misses:,.1f}", style="red" if lane.misses else "green"),
        f"{lane.billed_h:,.1f}", f"{lane.busy_h:,.1f}", f"{lane.billed_to_busy:.2f}", f"{lane.starts:,.0f}",
        f"{lane.largest_queue:,}", f"{lane.gpu_usd_month:,.0f}", f"{lane.gpu_usd_call_hour:.4f}", *_all_in(lane),
    )  # fmt: skip


def _all_in(lane: "LaneAnswer") -> tuple[str, str]:
    """The night has no share in what stands around the GPUs: the day pays for it."""
    if lane.policy == NIGHT:
        return "", ""
    return f"{lane.usd_month:,.0f}", f"{lane.usd_call_hour:.4f}"


def _beside(size: "SizeAnswer") -> Iterable[str]:
    around = ", ".join(f"{name} {usd:,.0f}" for name, usd in size.others_usd.items() if usd >= 1)
    yield f"{size.call_hours_month:,.0f} call-hours a month. Around the GPUs, USD a month: {around}."
    asked = ", ".join(f"{name} {usd:,.0f}" for name, usd in size.vendors_usd.items())
    yield f"Vendors, USD a month: {asked}."
    for lane in size.lanes:
        if lane.notes:
            yield f"{lane.policy}, other than planned: {', '.join(lane.notes)}."
        if lane.policy == FIRST and lane.queue_formula_s is not None and lane.queue_simulated_s is not None:
            yield (
                f"Mean wait in the busiest hour: {lane.queue_simulated_s:.1f} s simulated, "
                f"{lane.queue_formula_s:.1f} s by formula for as many steady workers."
            )


def _holds(lane: "LaneAnswer") -> bool:
    return lane.waits.p95_s is not None and lane.waits.p95_s <= lane.goal_s


def _s(seconds: float | None) -> str:
    return NEVER if seconds is None else f"{seconds:,.0f}"
