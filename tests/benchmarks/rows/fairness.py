"""P7 and P7b: what a call of 30 s has to wait for when a long one, or a whole night's work, was there before it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from benchmarks.calls import Recorded, parties, upsampled
from benchmarks.engines import models
from benchmarks.engines.cost import MODELLED_L4, Cost
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.setting import Bench

from shared.errors.transient import Draining, TransientError
from shared.ids import new_id
from shared.job import Lane, Options
from worker.audio.decode import open_decoder
from worker.speech.engine import Call, Engine
from worker.speech.front.turns import Pace, Turns
from worker.speech.front.vad import Span
from worker.speech.language import LanguageRules
from worker.speech.model import SpeechModel
from worker.speech.progress import Progress
from worker.speech.windows import pack
from worker.transcribe import Order, Transcriber

SHORT_S = 30.0
CPU_ROWS = 2
ENOUGH_S = 240.0
QUEUED_CALLS = 100


@dataclass(slots=True)
class Line:
    """One worker's engine and CPU, which calls are handed to in threads of their own."""

    model: SpeechModel
    batch_rows: int
    engine: Engine = field(init=False)
    transcriber: Transcriber = field(init=False)
    turns: Turns = field(default_factory=lambda: Turns(1))

    def __post_init__(self) -> None:
        self.engine = Engine(self.model, self.batch_rows)
        self.transcriber = Transcriber(open_decoder("preferred"), self.engine, turns=self.turns)
        self.engine.start()

    def transcribe(self, call: Recorded, progress: Progress, lane: Lane = Lane.INTERACTIVE) -> None:
        """Take one call through, or leave it when it is abandoned."""
        order = Order(
            job_id=new_id("job", 0.0),
            revision=1,
            reference=None,
            options=Options(language=call.language),
            attempt=1,
            created_at="2026-01-15T10:00:10.802Z",
            options_sha256="0" * 64,
            worker_version="bench",
            lane=lane,
        )
        with call.path.open("rb") as audio:
            self.transcriber.transcribe(audio, order, progress)

    def seconds(self, call: Recorded) -> float:
        """How long one call takes now."""
        started_s = time.monotonic()
        self.transcribe(call, Progress())
        return time.monotonic() - started_s


def on_cpu(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """P7: the shipped model on this machine's CPU."""
    line, short = Line(models.shipped(), CPU_ROWS), bench.single(SHORT_S)
    with bench.sign.row("P7", budget_s) as sign, stopping(line):
        alone, behind = _behind_long(line, bench, short, sign)
    ratio = _p95(behind) / float(np.median(alone))
    note = f"alone {np.median(alone):.2f} s, behind {_p95(behind):.2f} s (p95 of {len(behind)}), B={CPU_ROWS}, one CPU thread"
    yield Figure("P7", [ratio], REAL_CPU, note=note, beside={"alone_s": alone, "behind_s": behind})


def on_modelled(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """P7b: the modelled L4, behind a long call and behind a night's work in the batch lane."""
    cost, short = MODELLED_L4, bench.single(SHORT_S)
    with bench.sign.row("P7b", budget_s) as sign:
        line = Line(models.modelled(cost)[0], cost.full_rows)
        with stopping(line):
            alone, behind = _behind_long(line, bench, short, sign)
        yield _added("P7b-long", alone, behind, cost)
        line = Line(models.modelled(cost)[0], cost.full_rows)
        with stopping(line), _night(line, bench.sizes.queued_windows):
            behind = _repeated(line, short, bench.sizes.shorts, lambda words: sign(f"behind the night: {words}"))
        yield _added("P7b-queued", alone, behind, cost, f"{bench.sizes.queued_windows:,} windows queued; ")


def _behind_long(
    line: Line, bench: Bench, short: Recorded, sign: Callable[[str], None]
) -> tuple[list[float], list[float]]:
    """Seconds of the short call alone, then behind a long one: a next one follows if the first is over too soon."""
    alone = _repeated(line, short, max(2, bench.sizes.shorts // 3), lambda words: sign(f"alone: {words}"))
    long, longs = bench.single(bench.sizes.long_s, "fr"), Longs(line)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(longs.run, long)
        try:
            if not _reached(lambda: longs.has_begun):
                raise RuntimeError("The long call has not begun.")
            behind = _repeated(
                line, short, bench.sizes.shorts, lambda words: sign(f"behind {long.duration_s:.0f} s: {words}")
            )
        finally:
            longs.end()
    return alone, behind


@dataclass(slots=True)
class Longs:
    """Long calls, one after another, until told to end."""

    line: Line
    progress: Progress = field(default_factory=Progress)
    has_begun: bool = False
    is_over: bool = False

    def run(self, call: Recorded) -> None:
        """Take the call through, again and again."""
        while not self.is_over:
            self.progress = Progress()
            watch = threading.Thread(target=self._look, args=(self.progress,), daemon=True)
            watch.start()
            with contextlib.suppress(TransientError):
                self.line.transcribe(call, self.progress)

    def end(self) -> None:
        """Leave the call that is at work."""
        self.is_over = True
        self.progress.give_up(Draining())

    def _look(self, progress: Progress) -> None:
        self.has_begun |= _reached(lambda: self.is_over or progress.standing.speech_s_done > 0)


def _repeated(line: Line, short: Recorded, times: int, sign: Callable[[str], None]) -> list[float]:
    taken: list[float] = []
    for place in range(times):
        sign(f"{place + 1} of {times}")
        taken.append(line.seconds(short))
    return taken


@contextmanager
def _night(line: Line, windows: int) -> Iterator[None]:
    """Fill the batch lane: calls with so many windows in all, each in its thread, until the block ends."""
    said = upsampled(np.concatenate(parties()[0].legs[0]))[: 20 * 16_000]
    (window,) = pack(0, said, [Span(0, len(said))])
    each = windows // QUEUED_CALLS
    progresses = [Progress() for _ in range(QUEUED_CALLS)]
    with ThreadPoolExecutor(QUEUED_CALLS) as pool:
        for progress in progresses:
            progress.expect(each * window.speech_s)
            call = Call((window,) * each, LanguageRules("en", ("en",)), Pace(line.turns, Lane.BATCH, progress))
            pool.submit(line.engine.transcribe, call)
        if not _reached(lambda: any(progress.standing.speech_s_done > 0 for progress in progresses)):
            raise RuntimeError("The batch lane has not begun.")
        try:
            yield
        finally:
            for progress in progresses:
                progress.give_up(Draining())


@contextmanager
def stopping(line: Line) -> Iterator[None]:
    """Stop the engine at the end."""
    try:
        yield
    finally:
        line.engine.stop()


def _reached(condition: Callable[[], bool]) -> bool:
    deadline_s, beat = time.monotonic() + ENOUGH_S, threading.Event()
    while not condition() and time.monotonic() < deadline_s:
        beat.wait(0.05)
    return condition()


def _added(figure_id: str, alone: list[float], behind: list[float], cost: Cost, before: str = "") -> Figure:
    usual_s = float(np.median(alone))
    value = (_p95(behind) - usual_s) / cost.full_s
    note = f"{before}alone {usual_s:.2f} s, behind {_p95(behind):.2f} s (p95 of {len(behind)}), full batch {cost.full_s:.2f} s"
    return Figure(figure_id, [value], cost.name, note=note, beside={"alone_s": alone, "behind_s": behind})


def _p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))
