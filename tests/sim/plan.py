"""What a schedule is: everything that its seed decides beforehand. Each leaves most faults out, so that few go deep."""

import random
from dataclasses import dataclass, replace
from typing import Literal

from sim.services.queues import Manners

FaultKind = Literal[
    "crash before",
    "crash after",
    "call lost",
    "answer lost, asked again",
    "answer lost for good",
    "pause",
    "pause beyond the lease",
    "heartbeat frozen",
    "clock jump",
    "throttled",
    "outage",
    "queue purged",
    "told to stop",
]
RATES: dict[FaultKind, float] = {
    "crash before": 1.0,
    "crash after": 1.0,
    "call lost": 1.0,
    "answer lost, asked again": 1.5,
    "answer lost for good": 1.0,
    "pause": 1.0,
    "pause beyond the lease": 1.0,
    "heartbeat frozen": 0.5,
    "clock jump": 0.3,
    "throttled": 0.5,
    "outage": 0.1,
    "queue purged": 0.4,
    "told to stop": 0.5,
}
HARMLESS: frozenset[FaultKind] = frozenset({"call lost", "throttled", "outage", "queue purged", "told to stop"})
"""Faults that may delay a job but never use up its attempts."""
Nature = Literal["plain", "poison", "unreadable", "buggy", "engine", "stumbling"]
"""What happens to whoever transcribes it; `stumbling` fails once only."""
Act = Literal["cancel", "retry", "erase", "complete", "upload", "submit"]
Moment = Literal["start", "queued", "processing", "stored", "completed", "failed", "canceled", "erased"]


@dataclass(frozen=True, slots=True)
class Strike:
    """What a caller does, `after_steps` steps after the job reached a moment for the first time."""

    act: Act
    moment: Moment
    after_steps: int


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One job: how it comes, what it is, and what its callers do to it."""

    number: int
    tenant: str
    lane: Literal["interactive", "batch"]
    nature: Nature
    starts_after_s: float
    comes: Literal["upload", "inline", "never"]
    upload_after_s: float
    completes: bool
    is_as_declared: bool
    event: Literal["on time", "late", "doubled", "lost"]
    parts: int
    part_s: float
    deadline_after_s: float | None
    retention_days: int
    strikes: tuple[Strike, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule before it runs."""

    seed: int
    calls: tuple[CallPlan, ...]
    workers: int
    room: int
    rates: dict[FaultKind, float]
    manners: Manners
    faulty_steps: int
    paces_s: tuple[float, ...]
    unknown_doorbells: int
    is_overlapping: bool

    @property
    def nobody_dies(self) -> bool:
        """Whether nothing happens for which an attempt may be used up."""
        return HARMLESS.issuperset(self.rates) and all(call.nature != "poison" for call in self.calls)


def plan_of(seed: int) -> Plan:
    """The schedule of `seed`."""
    chance = random.Random(seed)
    intensity = chance.choice((0.0, 0.01, 0.03, 0.08))
    kinds = [kind for kind in RATES if chance.random() < 0.35]
    weight = sum(RATES[kind] for kind in kinds) or 1.0
    wild = chance.random() < 0.5
    count = chance.choice((1, 1, 1, 2, 2, 3, 4))
    lanes = chance.choice((("interactive",),) * 5 + (("interactive", "batch"),))
    tenants = chance.choice((("acme",), ("acme",), ("acme", "zeta")))
    calls = tuple(_call(number, chance, chance.choice(tenants), chance.choice(lanes)) for number in range(count))
    is_crowd = chance.random() < 0.08
    return Plan(
        seed=seed,
        calls=_crowd(chance) if is_crowd else calls,
        workers=1 if is_crowd else chance.choice((1, 2, 2, 3)),
        room=4 if is_crowd else chance.choice((1, 2, 4)),
        rates={kind: intensity * RATES[kind] / weight for kind in kinds},
        manners=_manners(chance) if wild else Manners(),
        faulty_steps=chance.choice((40, 80, 160, 300)),
        paces_s=chance.choice(((0.05,), (0.05, 2.0), (0.05, 1.0, 8.0), (3.0,))),
        unknown_doorbells=int(chance.random() < 0.03),
        is_overlapping=chance.random() < 0.1,
    )


def _crowd(chance: random.Random) -> tuple[CallPlan, ...]:
    """A poisonous call, and others that one worker holds beside it."""
    calm = replace(
        _call(0, chance, "acme", "interactive"), comes="upload", completes=True, is_as_declared=True, strikes=()
    )
    near = replace(calm, starts_after_s=0.0, upload_after_s=2.0, deadline_after_s=None, event="lost")
    poison = replace(near, nature="poison", parts=1, part_s=15.0)
    plain = [replace(near, number=number, nature="plain", parts=2, part_s=70.0) for number in range(1, 3)]
    return (poison, *plain)


def _manners(chance: random.Random) -> Manners:
    some = lambda most: chance.choice((0.0, 0.0, most / 3, most))  # noqa: E731
    return Manners(doubles=some(0.5), delays=some(0.3), shows_twice=some(0.3), obeys_stale=0.5, miscounts=some(0.3))


def _call(number: int, chance: random.Random, tenant: str, lane: Literal["interactive", "batch"]) -> CallPlan:
    return CallPlan(
        number=number,
        tenant=tenant,
        lane=lane,
        nature=chance.choice(("plain",) * 14 + ("poison", "poison", "unreadable", "buggy", "engine", "stumbling")),
        starts_after_s=chance.choice((0.0, 0.0, chance.random() * 60)),
        comes=chance.choice(("upload",) * 16 + ("inline",) * 7 + ("never",)),
        upload_after_s=chance.choice((0.5, 20.0, 600.0)) * chance.random(),
        completes=chance.random() < 0.6,
        is_as_declared=chance.random() < 0.97,
        event=chance.choice(("on time", "on time", "late", "doubled", "lost")),
        parts=chance.choice((1, 1, 2, 3)),
        part_s=chance.choice((2.0, 15.0, 15.0, 70.0)),
        deadline_after_s=chance.choice((None,) * 9 + (400.0,)),
        retention_days=chance.choice((30, 30, 30, 30, 1)),
        strikes=_strikes(chance),
    )


SCRIPTS: tuple[tuple[Act, ...], ...] = (
    (),
    (),
    (),
    ("cancel",),
    ("cancel", "retry"),
    ("cancel", "retry"),
    ("cancel", "retry", "cancel"),
    ("erase",),
    ("erase",),
    ("erase", "erase"),
    ("cancel", "erase"),
    ("cancel", "retry", "erase"),
    ("retry",),
    ("retry", "erase"),
    ("submit",),
    ("complete",),
    ("upload", "erase"),
)
MOMENTS: dict[Act, tuple[Moment, ...]] = {
    "cancel": ("start", "queued", "processing", "processing", "stored", "completed"),
    "retry": ("canceled", "failed", "failed"),
    "erase": ("start", "queued", "processing", "stored", "stored", "completed", "failed", "canceled"),
    "complete": ("start", "queued", "erased", "canceled"),
    "upload": ("start", "erased"),
    "submit": ("start", "queued", "completed", "erased"),
}


def _strikes(chance: random.Random) -> tuple[Strike, ...]:
    script = chance.choice(SCRIPTS)
    return tuple(
        Strike(act, "canceled" if act == "retry" and "cancel" in script else chance.choice(MOMENTS[act]), _soon(chance))
        for act in script
    )


def _soon(chance: random.Random) -> int:
    return chance.randrange(chance.choice((1, 6, 20)))
