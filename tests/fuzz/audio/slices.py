"""A slice of a run: some mutants, decoded, counted and, where one is odd, tried alone and written down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fuzz.audio.batches import Batches
from fuzz.audio.mutating import mutant
from fuzz.audio.real import measured
from fuzz.audio.verdict import Verdict

BATCH = 50


@dataclass(frozen=True)
class Slice:
    """Which mutants: `files` of them from number `first` on; each `real_every`-th goes through the real decoder too."""

    seed: int
    first: int
    files: int
    real_every: int


@dataclass(frozen=True)
class Finding:
    """A file that the decoder did not stand: by seed and number, and what was wrong."""

    seed: int
    number: int
    data: bytes
    faults: tuple[str, ...]


@dataclass
class Tally:
    """What became of mutants: outcomes, those that went through the real decoder, and deaths of processes by status."""

    outcomes: Counter[str] = field(default_factory=Counter)
    real: int = 0
    deaths: Counter[int] = field(default_factory=Counter)
    died: list[str] = field(default_factory=list)
    disagreed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    most_cpu_s: float = 0.0
    most_wall_s: float = 0.0
    most_bytes: int = 0

    @property
    def files(self) -> int:
        return self.outcomes.total()

    def add(self, other: "Tally") -> None:
        self.outcomes += other.outcomes
        self.real += other.real
        self.deaths += other.deaths
        self.died += other.died
        self.disagreed += other.disagreed
        self.findings += other.findings
        self.most_cpu_s = max(self.most_cpu_s, other.most_cpu_s)
        self.most_wall_s = max(self.most_wall_s, other.most_wall_s)
        self.most_bytes = max(self.most_bytes, other.most_bytes)


def run_slice(seeds: Mapping[str, bytes], part: Slice, batches: Batches) -> Tally:
    """Decode every mutant of `part`; one that ends a batch, or is not as it must be, is tried alone."""
    tally = Tally()
    numbers = range(part.first, part.first + part.files)
    for start in range(0, part.files, BATCH):
        some = numbers[start : start + BATCH]
        files = [mutant(seeds, part.seed, number) for number in some]
        _take(tally, part, some, files, _verdicts(batches, files))
    tally.deaths += Counter(status for status in batches.deaths)
    batches.deaths.clear()
    return tally


def _verdicts(batches: Batches, files: Sequence[bytes]) -> list[Verdict | None]:
    """What the batch says; where the parent itself stumbles over one, each goes alone."""
    try:
        return batches.verdicts(files)
    except Exception:  # noqa: BLE001  which file it was shows when each goes alone
        return [None] * len(files)


def _take(tally: Tally, part: Slice, numbers: Sequence[int], files: Sequence[bytes], verdicts: Sequence[Verdict | None]) -> None:  # fmt: skip
    for number, data, verdict in zip(numbers, files, verdicts, strict=True):
        if verdict is None or verdict.faults or number % part.real_every == 0:
            alone = _alone(tally, part, number, data)
            tally.outcomes[alone.outcome] += 1
            if verdict is not None and alone != verdict:
                tally.disagreed.append(f"{part.seed}/{number}: {verdict} together, {alone} alone")
        else:
            tally.outcomes[verdict.outcome] += 1


def _alone(tally: Tally, part: Slice, number: int, data: bytes) -> Verdict:
    verdict, cost = measured(data)
    tally.real += 1
    tally.most_cpu_s = max(tally.most_cpu_s, cost.cpu_s)
    tally.most_wall_s = max(tally.most_wall_s, cost.wall_s)
    tally.most_bytes = max(tally.most_bytes, cost.peak_bytes)
    if cost.status not in {0, -9}:
        tally.deaths[cost.status] += 1
        tally.died.append(f"{part.seed}/{number}: status {cost.status}, {verdict.outcome}")
    if verdict.faults:
        tally.findings.append(Finding(part.seed, number, data, verdict.faults))
    return verdict


def slices(seed: int, files: int, size: int, real_every: int) -> list[Slice]:
    """A run in slices of `size` files."""
    return [Slice(seed, first, min(size, files - first), real_every) for first in range(0, files, size)]
