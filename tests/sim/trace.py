"""What happened, a line an intent, for a person to read."""

from typing import Any

from sim.asks import Park
from sim.running import PARKED, Failed, Thread

from shared.job import Claim, Key
from shared.protocol.intents import Changed, ChangeRow, Refused

WIDEST = 300


class Trace:
    """Lines, in the order of the simulated clock."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, at_s: float, who: str, what: str) -> None:
        self.lines.append(f"{at_s:10.2f} s  {who:<22} {what}")

    def step(self, at_s: float, thread: Thread, intent: Any, answer: Any) -> None:
        who = f"{thread.process.name}/{thread.name}"
        self.note(at_s, who, f"{_asked(intent)[:WIDEST]}  ->  {_answered(answer)[:WIDEST]}")


def _asked(intent: Any) -> str:
    if isinstance(intent, Park):
        return "Park"
    if isinstance(intent, ChangeRow):
        tests = " or ".join(" and ".join(f"{w.field}{w.relation}{w.value}" for w in line) for line in intent.guard)
        return f"ChangeRow {_key(intent.key)} {dict(intent.sets)} +{dict(intent.adds)} if {tests}"
    return str(intent)


def _answered(answer: Any) -> str:
    match answer:
        case Failed(error):
            return f"raises {type(error).__name__}"
        case Changed(row) | Refused(row):
            return f"{type(answer).__name__} {_row(row)}"
        case dict():
            return _row(answer)
        case Claim():
            return f"claim {answer.fence}"
        case _:
            return "..." if answer is PARKED else str(answer)


def _row(row: dict[str, Any] | None) -> str:
    if row is None or "status" not in row:
        return str(row)
    shown = (
        "status",
        "fence",
        "attempts",
        "releases",
        "lease_until",
        "rung_at",
        "sequence",
        "next_check_at",
        "tombstone",
    )
    return ", ".join(f"{name}={row[name]}" for name in shown if name in row)


def _key(key: Key) -> str:
    return f"{key.pk}/{key.sk}"
