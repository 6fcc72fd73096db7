"""The engine: one thread that owns the model, behind one door.

A job's thread hands a call to `Engine.transcribe` and waits; the engine's thread mixes the windows of all calls in
its batches. Here stands the only endless loop of this folder. What fails or hangs in the network ends the calls
that it happened to, and no other.
"""

import threading

from worker.speech import language
from worker.speech.engine import decoding
from worker.speech.engine.ladder import RUNGS
from worker.speech.engine.listening import Ears, Listening
from worker.speech.engine.ready import Ready
from worker.speech.engine.serving import Serving
from worker.speech.engine.tally import Done
from worker.speech.engine.values import Call, Recognition
from worker.speech.front.mel import LogMel
from worker.speech.model import SpeechModel

CUDA = "cuda"


class Engine:
    """Recognises the windows of many calls at once, always with the fullest batch that is ready.

    Args of the constructor:
        model: from `worker.speech.model.load`; nobody else may touch its `whisper` from then on.
        batch_rows: windows decoded together; on a CPU batching gains nothing, so 2.
        batch_limit_s: a batch that takes longer is taken for wedged: its calls fail, `wedged` turns true.
        rungs: ways of decoding that a doubtful window is given, of `ladder.RUNGS`; 2 leave out all sampling.
    """

    def __init__(
        self, model: SpeechModel, batch_rows: int = 2, batch_limit_s: float = 300.0, rungs: int = len(RUNGS)
    ) -> None:
        """Keep the model; nothing runs before `start`."""
        self.model = model
        self._ears = Ears(model, LogMel(model.mels), rungs)
        self._ready = Ready(batch_rows)
        self._serving = Serving(model, self._ready, batch_limit_s)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def wedged(self) -> bool:
        """Whether a batch hangs now, or the thread died: neither can be mended, the process should end with code 70."""
        has_died = self._thread.ident is not None and not self._thread.is_alive() and self._ready.is_open
        return has_died or self._serving.wedged.is_set()

    @property
    def done(self) -> Done:
        """What the engine has done since it started."""
        return self._serving.tally.done

    def warm_up(self) -> None:
        """Let a GPU do its first batch before there is a call; a CPU has nothing to prepare."""
        if self.model.device == CUDA:
            decoding.warm_up(self.model, self._ready.batch_rows)

    def start(self) -> None:
        """Open the door. An engine starts once."""
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Close the door, let the calls before it finish, and say whether the thread ended in time."""
        self._ready.close()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def transcribe(self, call: Call) -> Recognition:
        """Recognise a call; the thread that asks prepares its windows, waits, and reads the answers.

        Raises:
            EngineFailed: the network refused one of its windows or hung in it, or does not know the language.
            EngineOutOfMemory: the device has no room for a single window.
            LeaseLost: the job was abandoned, or whatever reason came with that.
            Draining: the engine is stopped.
        """
        language.eligible(call.rules, self.model.languages)
        ticket = self._ready.join(call)
        try:
            return Listening(self._ears, self._ready, ticket).recognise()
        finally:
            self._ready.leave(ticket)

    def _run(self) -> None:
        while taken := self._ready.take():
            self._ready.touch()
            self._serving.serve(taken)
