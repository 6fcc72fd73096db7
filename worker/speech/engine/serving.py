"""A batch and what becomes of it: each row's answer goes to its call; what breaks a batch is found by halves."""

import threading
import time
from dataclasses import dataclass, field

from shared.errors.root import CallscribeError
from shared.errors.transient import EngineFailed, EngineOutOfMemory
from shared.tracing import batch
from worker.speech.engine.batch import hear
from worker.speech.engine.ready import Ready, Ticket
from worker.speech.engine.schedule import Taken
from worker.speech.engine.tally import Tally
from worker.speech.model import SpeechModel


@dataclass(frozen=True, slots=True)
class Serving:
    """The device's side of the engine. Its thread is the engine's.

    Attributes:
        model: what hears.
        ready: where batches come from; learns what they cost.
        batch_limit_s: a batch that takes longer is taken for wedged: its calls go on without an answer.
        wedged: set while a batch hangs.
        tally: what has been done.
    """

    model: SpeechModel
    ready: Ready
    batch_limit_s: float
    wedged: threading.Event = field(default_factory=threading.Event)
    tally: Tally = field(default_factory=Tally)

    def serve(self, taken: Taken[Ticket], *, is_last_try: bool = False) -> None:
        """Run a batch; if it breaks, its halves, down to the parcel that breaks it alone, twice."""
        watch, parcels = self._watch(taken), [parcel for _, parcel in taken]
        rows, started_s = sum(len(parcel.rows) for parcel in parcels), time.monotonic()
        try:
            with batch((ticket.spot for ticket, _ in taken), rows=rows):
                heard = hear(self.model, parcels)
        except Exception as error:  # noqa: BLE001 - it is raised again, in the thread of the job that it belongs to
            self._part(taken, _translated(error), is_last_try=is_last_try)
            return
        finally:
            watch.cancel()
            self.wedged.clear()
            self.tally.worked(time.monotonic() - started_s)
        self.tally.answered(parcels, self.ready.batch_rows)
        self.ready.note(rows, time.monotonic() - started_s)
        for (ticket, _), answers in zip(taken, heard, strict=True):
            ticket.answers.put(answers)

    def _part(self, taken: Taken[Ticket], error: BaseException, *, is_last_try: bool) -> None:
        if isinstance(error, EngineOutOfMemory):
            self.ready.halve()
        if len(taken) > 1:
            self.serve(taken[: len(taken) // 2])
            self.serve(taken[len(taken) // 2 :])
        elif is_last_try:
            ((ticket, parcel),) = taken
            self.tally.failed(parcel)
            ticket.answers.put(error)
        else:
            self.serve(taken, is_last_try=True)

    def _watch(self, taken: Taken[Ticket]) -> threading.Timer:
        watch = threading.Timer(self.batch_limit_s, self._give_up, [taken])
        watch.daemon = True
        watch.start()
        return watch

    def _give_up(self, taken: Taken[Ticket]) -> None:
        self.wedged.set()
        for ticket, _ in taken:
            ticket.answers.put(EngineFailed(f"A batch did not end within {self.batch_limit_s:.0f} s."))


def _translated(error: BaseException) -> BaseException:
    """Name what the network raised; what has a name keeps it."""
    if isinstance(error, CallscribeError) or not isinstance(error, (RuntimeError, ValueError, MemoryError)):
        return error
    kind = EngineOutOfMemory if isinstance(error, MemoryError) or "out of memory" in str(error) else EngineFailed
    named = kind(reason=type(error).__name__)
    named.__cause__ = error
    return named
