"""The engine: one thread that owns the model, behind one door.

A job's thread hands a whole call to `Engine.transcribe` and waits. Here stands the only endless loop of this
folder. What fails or hangs in the network ends the call that it happened in, and no other.
"""

import contextlib
import queue
import threading
import time
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from shared.errors.root import CallscribeError
from shared.errors.transient import Draining, EngineFailed, EngineOutOfMemory
from worker.speech.model import SpeechModel
from worker.speech.recognition import Call, Recognition, Work


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """A call that waits for the engine, and the answer that its thread waits for."""

    call: Call
    answer: Future[Recognition] = field(default_factory=Future)


class Engine:
    """Recognises one call at a time, in batches of its windows.

    Args of the constructor:
        model: from `worker.speech.model.load`; nobody else may touch its `whisper` from then on.
        batch_windows: windows decoded together; on a CPU batching gains nothing, so 2 to 4.
        batch_limit_s: a batch that takes longer is taken for wedged: its call fails, `wedged` turns true.
    """

    def __init__(self, model: SpeechModel, batch_windows: int = 2, batch_limit_s: float = 300.0) -> None:
        """Keep the model; nothing runs before `start`."""
        self.model = model
        self._batch_windows = batch_windows
        self._batch_limit_s = batch_limit_s
        self._waiting: queue.SimpleQueue[_Ticket | None] = queue.SimpleQueue()
        self._door = threading.Lock()
        self._pending: list[_Ticket] = []
        self._is_open = False
        self._wedged = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def wedged(self) -> bool:
        """Whether a batch hangs right now. The process should end with exit code 70: the thread cannot be mended."""
        return self._wedged.is_set()

    def start(self) -> None:
        """Open the door. An engine starts once."""
        self._is_open = True
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Close the door, let the calls before it finish, and say whether the thread ended in time."""
        with self._door:
            was_open, self._is_open = self._is_open, False
            if was_open:
                self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def transcribe(self, call: Call) -> Recognition:
        """Recognise a call; the thread that asks waits until it is done.

        Raises:
            EngineFailed: the network refused one of its batches or hung in it, or does not know the language.
            EngineOutOfMemory: the device has no room for a batch.
            LeaseLost: `call.progress.abandon` was set, or whatever reason came with it.
            Draining: the engine is stopped.
        """
        ticket = _Ticket(call)
        with self._door:
            if not self._is_open:
                raise Draining
            self._pending.append(ticket)
            self._waiting.put(ticket)
        try:
            return ticket.answer.result()
        finally:
            with self._door:
                self._pending.remove(ticket)

    def _run(self) -> None:
        while (ticket := self._waiting.get()) is not None:
            self._answer(ticket)

    def _answer(self, ticket: _Ticket) -> None:
        try:
            recognition = self._recognise(ticket)
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread of the job that it belongs to
            _tell(ticket, _translated(error))
        else:
            _tell(ticket, recognition)

    def _recognise(self, ticket: _Ticket) -> Recognition:
        started_s = time.monotonic()
        work = Work(self.model, ticket.call, self._batch_windows)
        watch = self._watch(ticket)
        try:
            for _ in work.steps():
                ticket.call.progress.check()
                if ticket.answer.done():
                    raise EngineFailed  # the watch has answered: the batch came back too late
                watch.cancel()
                watch = self._watch(ticket)
                self._touch_pending()
        finally:
            watch.cancel()
            self._wedged.clear()
        return work.result(engine_s=time.monotonic() - started_s)

    def _watch(self, ticket: _Ticket) -> threading.Timer:
        """Give the coming batch its time; after it the waiting job goes on without an answer."""
        watch = threading.Timer(self._batch_limit_s, self._give_up, [ticket])
        watch.daemon = True
        watch.start()
        return watch

    def _touch_pending(self) -> None:
        """Tell all that wait that the engine is alive: a call behind a long one is not stuck."""
        with self._door:
            for ticket in self._pending:
                ticket.call.progress.touch()

    def _give_up(self, ticket: _Ticket) -> None:
        self._wedged.set()
        _tell(ticket, EngineFailed(f"A batch did not end within {self._batch_limit_s:.0f} s."))


def _translated(error: BaseException) -> BaseException:
    """Name what the network raised; what has a name keeps it."""
    if isinstance(error, CallscribeError) or not isinstance(error, (RuntimeError, ValueError, MemoryError)):
        return error
    kind = EngineOutOfMemory if isinstance(error, MemoryError) or "out of memory" in str(error) else EngineFailed
    named = kind(reason=type(error).__name__)
    named.__cause__ = error
    return named


def _tell(ticket: _Ticket, outcome: Recognition | BaseException) -> None:
    """Answer a ticket, unless it was answered before: by the watch, say, while its batch hung."""
    with contextlib.suppress(InvalidStateError):
        if isinstance(outcome, BaseException):
            ticket.answer.set_exception(outcome)
        else:
            ticket.answer.set_result(outcome)
