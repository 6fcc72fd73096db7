"""P6: whether a window's text and words depend on its batch mates. int8 on a CPU, the rungs without sampling.

Real rows, real network, every batch shuffled anew. The encoder takes nine tenths of the time and is the simplest
part, so most batches take the encodings of rows that were encoded alone; one in `WHOLE_EVERY` is encoded in
company too. Windows are chosen for short texts, because a batch takes as long as its longest.
"""

import dataclasses
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from benchmarks import calls
from benchmarks.engines import models
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.setting import Bench
from ctranslate2 import StorageView
from numpy.typing import NDArray
from speech import random_model, sounds

from worker.speech.engine.batch import hear
from worker.speech.engine.values import Heard, Parcel, Row
from worker.speech.engine.words import timed
from worker.speech.front.mel import LogMel
from worker.speech.front.vad import Span
from worker.speech.model import SpeechModel, load
from worker.speech.windows import Window, pack

WINDOWS, CANDIDATES = 12, 36
BATCH_ROWS = (2, 8)
WHOLE_EVERY = 25
SHIPPED_SHARE = 3  # every third batch is the shipped model's, which takes longer; both run side by side
EXACT_SHARE = 10
LANGUAGES = ("fr", "de")
LEAST_WORDS = 2

CONFIDENCE = 1e-5  # `align` gives probabilities of tokens that move by a rounding error of float32 in company


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row said: tokens, words with their milliseconds, and how sure of each it was."""

    ids: tuple[int, ...]
    words: tuple[tuple[str, int, int], ...]
    confidences: tuple[float, ...]

    def differs(self, other: "Answer") -> bool:
        """Whether text or times are others, or a confidence by more than a rounding error."""
        if (self.ids, self.words) != (other.ids, other.words):
            return True
        return not np.allclose(self.confidences, other.confidences, rtol=0.0, atol=CONFIDENCE)


@dataclass(eq=False)
class KnownEncodings:
    """The network, but for its encoder, which remembers what it made of a row alone."""

    network: Any
    known: dict[int, NDArray[np.float32]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.network, name)

    def encode(self, features: StorageView) -> StorageView:
        """Join the encodings of the rows."""
        rows = np.asarray(features)
        return StorageView.from_array(np.ascontiguousarray(np.stack([self._alone(row) for row in rows])))

    def _alone(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        mark = zlib.crc32(row.tobytes())
        if mark not in self.known:
            self.known[mark] = np.array(self.network.encode(StorageView.from_array(row[None])))[0]
        return self.known[mark]


@dataclass(slots=True)
class Count:
    """Batches and rows that were compared, and the rows that differed."""

    batches: int = 0
    rows: int = 0
    whole_rows: int = 0
    differing: int = 0


def measure(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """Compare rows alone and in company, for both models."""
    total = bench.sizes.shuffles
    share = total // SHIPPED_SHARE
    with tempfile.TemporaryDirectory() as scratch, bench.sign.row("P6", budget_s) as sign:
        junk = load(random_model.build(Path(scratch) / "random"), "cpu", "int8")
        with ThreadPoolExecutor(2) as side_by_side:
            of_junk = side_by_side.submit(compared, junk, _chirps(), total - share, _quiet)
            own = compared(models.shipped(), _spoken(), share, lambda words: sign(f"shipped model: {words}"))
            counts = {"random weights": of_junk.result(), "shipped": own}
    differing = sum(count.differing for count in counts.values())
    note = "; ".join(
        f"{name}: {count.differing} of {count.rows} rows in {count.batches} batches" for name, count in counts.items()
    )
    beside = {name: dataclasses.asdict(count) for name, count in counts.items()}
    yield Figure("P6", [float(differing)], REAL_CPU, note=note, beside=beside)
    if bench.sizes.is_full:
        yield _exact(bench, budget_s)


def _exact(bench: Bench, budget_s: float) -> Figure:
    """The same weights in float32, where only the text is promised."""
    with tempfile.TemporaryDirectory() as scratch, bench.sign.row("P6 float32", budget_s) as sign:
        junk = load(random_model.build(Path(scratch) / "exact", quantization=None), "cpu", "float32")
        count = compared(junk, _chirps(), bench.sizes.shuffles // EXACT_SHARE, sign)
    note = f"{count.differing} of {count.rows} rows in {count.batches} batches"
    return Figure("P6-float32", [float(count.differing)], REAL_CPU, note=note)


def _quiet(_words: str) -> None:
    """The other model speaks for both."""


def compared(model: SpeechModel, windows: Sequence[Window], batches: int, sign: Callable[[str], None]) -> Count:
    """Decode the rows alone, then in shuffled batches, and count what differs."""
    mel = LogMel(model.mels)
    candidates = [Row(window, mel(window.samples), LANGUAGES[place % 2]) for place, window in enumerate(windows)]
    known = _knowing(model)
    rows, alone = _chosen(known, candidates)
    rng, count = np.random.default_rng(calls.SEED), Count()
    for number in range(batches):
        sign(f"batch {number + 1} of {batches}, {count.differing} rows differ")
        drawn = rng.permutation(len(rows))[: rng.integers(*BATCH_ROWS, endpoint=True)].tolist()
        is_whole = number % WHOLE_EVERY == 0
        met = heard(model if is_whole else known, [rows[place] for place in drawn])
        count.batches += 1
        count.rows += len(drawn)
        count.whole_rows += len(drawn) * is_whole
        count.differing += sum(answer.differs(alone[place]) for place, answer in zip(drawn, met, strict=True))
    return count


def _knowing(model: SpeechModel) -> SpeechModel:
    return dataclasses.replace(model, whisper=SimpleNamespace(model=KnownEncodings(model.whisper.model)))


def _chosen(model: SpeechModel, candidates: Sequence[Row]) -> tuple[list[Row], list[Answer]]:
    """Take the rows with the shortest texts that are no mere word, each text once; with what each says alone."""
    told = [(row, heard(model, [row])[0]) for row in candidates]
    first = {answer.ids: (row, answer) for row, answer in told if len(answer.ids) > LEAST_WORDS}
    short = [first[ids] for ids in sorted(first, key=len)][:WINDOWS]
    return [row for row, _ in short], [answer for _, answer in short]


def heard(model: SpeechModel, rows: Sequence[Row]) -> list[Answer]:
    """Give the answers of one batch, in its order."""
    return [_answer(model, found) for (found,) in hear(model, [Parcel((row,)) for row in rows])]


def _answer(model: SpeechModel, found: Heard) -> Answer:
    tokenizer = model.tokenizer(found.row.language or "")
    text = [token for token in found.decoded.ids if token < tokenizer.eot]
    runs = timed(tokenizer, text, found.alignment, found.row.window) if text else []
    words = [word for run in runs for word in run]
    times = tuple((word.text, word.start_ms, word.end_ms) for word in words)
    return Answer(found.decoded.ids, times, tuple(word.confidence for word in words))


def _chirps() -> list[Window]:
    rng = np.random.default_rng(calls.SEED)
    return [sounds.window(rng, 0, index, 1 + index % 6) for index in range(CANDIDATES)]


def _spoken() -> list[Window]:
    """Utterances of the bundled calls, each a window of its own."""
    said = [
        sound for parties in calls.parties() if parties.language in LANGUAGES for leg in parties.legs for sound in leg
    ]
    short = sorted(said, key=len)[:CANDIDATES]
    return [_window(index, calls.upsampled(sound)) for index, sound in enumerate(short)]


def _window(index: int, leg: NDArray[np.int16]) -> Window:
    (made,) = pack(0, leg, [Span(0, len(leg))])
    return dataclasses.replace(made, index=index)
