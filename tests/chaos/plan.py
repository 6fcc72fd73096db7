"""The run as waves: every point as often as asked, mixed by seed, in waves small enough to be over before leases end."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chaos import kills
from chaos.points import Point

AT_ONCE: Mapping[str, int] = {"over_workers": 6, "over_submissions": 12, "over_rings": 4, "over_publishing": 4}
"""Deaths in a wave. More workers than that are not all dead before the first one's messages are claimable again."""
SKEW_S = 6.0
"""So far ahead goes the clock of the fresh workers in every second wave: past what is left of a lease when its
message comes back."""

SHORT_LEASE_S = 3
"""The shortest that the settings allow, where no worker dies and so no lease need outlast a crowd of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One wave: how, the deaths in it, and how far the clock of those who heal goes ahead."""

    how: str
    points: tuple[Point, ...]
    neighbours: int
    ahead_s: float
    lease_s: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault by its name, and by how much its limits of time are stretched: a busy machine is no breach."""

    name: str
    patience: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many deaths at each point, which seed mixes them, with how many neighbours, over leases of how long."""

    kills: int
    seed: int
    neighbours: int
    lease_s: int


def planned(wanted: Wanted, only: Iterable[Point]) -> Iterator[Plan]:
    """All waves that it takes."""
    chance = random.Random(wanted.seed)
    deaths = defaultdict(list)
    for point in Point:
        if point in only:
            deaths[way_of(point)] += [point] * wanted.kills
    plans = []
    for how, points in deaths.items():
        chance.shuffle(points)
        size = AT_ONCE[how]
        plans += [(how, tuple(points[at : at + size])) for at in range(0, len(points), size)]
    chance.shuffle(plans)
    for number, (how, points) in enumerate(plans):
        lease_s = wanted.lease_s if way_of(points[0]) == kills.over_workers.__name__ else SHORT_LEASE_S
        yield Plan(how, points, wanted.neighbours, SKEW_S if number % 2 else 0.0, lease_s)


def way_of(point: Point) -> str:
    """How processes die at `point`."""
    if point is Point.HEALER_RANG:
        return kills.over_rings.__name__
    if point is Point.HEALER_PUBLISHED:
        return kills.over_publishing.__name__
    return kills.over_workers.__name__ if point.role == "W" else kills.over_submissions.__name__
