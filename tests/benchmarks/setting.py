"""What every row is given: sizes, folders, the sign of life, and the things that several rows share."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import calls
from benchmarks.calls import Recorded
from benchmarks.sign import Sign
from benchmarks.stack import Stack

HOUR_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything is measured.

    Attributes:
        hours: call-hours of each mix, by its mean length in seconds.
        times: how often our worker is given a mix in one run, so that there is a backlog to measure; the pipeline takes
            call by call, so once tells its rate.
        repeats: pairs of ours and theirs.
        shuffles: batches of P6, of both models together.
        shorts: jobs behind a long one.
        long_s: the long one.
        queued_windows: of the batch lane, before the short jobs come.
        submits: of P9, by reference.
    """

    hours: dict[int, float]
    times: dict[int, int]
    repeats: int = 3
    shuffles: int = 1_000
    shorts: int = 12
    long_s: float = HOUR_S
    queued_windows: int = 100_000
    submits: int = 200
    pairs: int = 12
    starts: int = 3
    is_full: bool = False


NORMAL = Sizes({360: 0.75, 120: 0.3}, {360: 2, 120: 4})
FULL = Sizes({360: 1.0, 120: 0.5, 60: 0.3}, {360: 2, 120: 3, 60: 4}, shuffles=10_000, shorts=40, is_full=True)
QUICK = Sizes(
    {360: 0.1, 120: 0.05, 60: 0.05},
    {360: 1, 120: 2, 60: 1},
    repeats=1,
    shuffles=20,
    shorts=2,
    long_s=180.0,
    queued_windows=500,
    submits=32,
    pairs=2,
    starts=1,
)


@dataclass(slots=True)
class Bench:
    """One run of the benchmark."""

    folder: Path
    sizes: Sizes
    sign: Sign
    stack: Stack

    @property
    def audio(self) -> Path:
        """Where generated calls are kept from run to run."""
        return self.folder / "audio"

    def mix(self, mean_s: int) -> Sequence[Recorded]:
        """The calls of a mix."""
        return calls.mix(self.audio, mean_s, self.sizes.hours[mean_s] * HOUR_S)

    def single(self, duration_s: float, language: str = "en") -> Recorded:
        """One call of a given length."""
        speakers = next(parties for parties in calls.parties() if parties.language == language)
        return calls.recorded(self.audio / f"single-{language}-{duration_s:.0f}.wav", duration_s, speakers)
