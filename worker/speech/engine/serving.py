"""A batch and what becomes of it: each row's answer goes to its call; what breaks a batch is found by halves."""

import threading
import time
from dataclasses import dataclass, field

from shared.errors.root import CallscribeError
from shared.errors.transient import EngineFailed, EngineOutOfMemory
from worker.speech.engine.batch import hear
from worker.speech.engine.ready import Ready, Ticket
from worker.speech.engine.schedule import Taken
from worker.speech.model import SpeechModel


@dataclass(frozen=True, slots=True)
class Serving:
    """The device's side of the engine. Its thread is the engine's.

    Attributes:
        model: what hears.
        ready: where batches come from; learns what they cost.
        batch_limit_s: a batch that takes longer is taken for wedged: its calls go on without an answer.
        wedged: set while a batch hangs.
    """

    model: SpeechModel
    ready: Ready
    batch_limit_s: float
    wedged: threading.Event = field(default_factory=threading.Event)

    def serve(self, taken: Taken[Ticket], *, is_last_try: bool = False) -> None:
        """Run a batch; if it breaks, its halves, down to the parcel that breaks it alone, twice."""
        watch = self._watch(taken)
        started_s = time.monotonic()
        try:
            heard = hear(self.model, [parcel for _, parcel in taken])
        except Exception as error:  # noqa: BLE001 - it is raised again, in the thread of the job that it belongs to
            self._part(taken, _translated(error), is_last_try=is_last_try)
            return
        finally:
            watch.cancel()
            self.wedged.clear()
        self.ready.note(sum(len(parcel.rows) for _, parcel in taken), time.monotonic() - started_s)
        for (ticket, _), answers in zip(taken, heard, strict=True):
            ticket.answers.put(answers)

    def _part(self, taken: Taken[Ticket], error: BaseException, *, is_last_try: bool) -> None:
        if isinstance(error, EngineOutOfMemory):
            self.ready.halve()
        if len(taken) > 1:
            self.serve(taken[: len(taken) // 2])
            self.serve(taken[len(taken) // 2 :])
        elif is_last_try:
            ((ticket, _),) = taken
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
