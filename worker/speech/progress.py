"""How far a job is: written by its own thread and the engine's, read by the heartbeat."""

import threading
import time
from dataclasses import dataclass, replace

from shared.errors.transient import LeaseLost, TransientError


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at a job: its stage, and seconds of speech of all legs, done and in all.

    `speech_s_resumed`: what of it an earlier claim had done.
    """

    stage: str | None
    speech_s_done: float
    speech_s_total: float
    speech_s_resumed: float = 0.0

    @property
    def percent(self) -> float:
        """Share of the speech that is done, 0 to 100; 0 until the total is known."""
        return round(100 * self.speech_s_done / self.speech_s_total, 1) if self.speech_s_total else 0.0


class Progress:
    """The one thing that threads share about a running job. Nothing here ever falls back.

    `abandon` is set by whoever learns that the work is in vain; the job looks at it between windows.
    `audio_s` is the length of the call, once it is decoded.
    """

    def __init__(self) -> None:
        """Begin with nothing known and nothing done."""
        self.abandon = threading.Event()
        self._reason: TransientError = LeaseLost()
        self._lock = threading.Lock()
        self._standing = Standing(None, 0.0, 0.0)
        self.audio_s: float | None = None
        self._moved_s = time.monotonic()

    @property
    def standing(self) -> Standing:
        """How far the job is now."""
        with self._lock:
            return self._standing

    @property
    def still_s(self) -> float:
        """Seconds since the last stage change or finished window: what a heartbeat judges life by."""
        with self._lock:
            return time.monotonic() - self._moved_s

    def enter(self, stage: str) -> None:
        """Say that `stage` begins.

        Raises:
            TransientError: the job was abandoned.
        """
        self.check()
        with self._lock:
            now = self._standing
            self._move(replace(now, stage=stage))

    def expect(self, speech_s: float, resumed_s: float = 0.0) -> None:
        """Add to the seconds of speech that are to be done, with those of them that an earlier claim has done."""
        with self._lock:
            now = self._standing
            done, total = now.speech_s_done + resumed_s, now.speech_s_total + speech_s
            self._move(Standing(now.stage, min(done, total), total, now.speech_s_resumed + resumed_s))

    def advance(self, speech_s: float) -> None:
        """Count seconds of speech as done, never more than there are."""
        with self._lock:
            now = self._standing
            done = min(now.speech_s_done + speech_s, now.speech_s_total)
            self._move(replace(now, speech_s_done=done))

    def touch(self) -> None:
        """Count as alive while the job waits for its turn and the engine works on others."""
        with self._lock:
            self._move(self._standing)

    def give_up(self, reason: TransientError) -> None:
        """Set `abandon`, with a reason other than the lost lease (a worker that drains, say)."""
        self._reason = reason
        self.abandon.set()

    def check(self) -> None:
        """Go on, or not.

        Raises:
            TransientError: the reason of the abandonment, LeaseLost unless another was given.
        """
        if self.abandon.is_set():
            raise self._reason

    def _move(self, standing: Standing) -> None:
        self._standing = standing
        self._moved_s = time.monotonic()
