"""A thread of the job: what is listened to is made while the engine hears the call, and is there when it has."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self

from shared.errors.transient import TransientError
from shared.protocol.intents import Listening
from worker.audio.recording import Samples
from worker.listening.encoding import encode
from worker.listening.pacing import Aside, GivenUp, Paced
from worker.listening.peaks import peaks_document
from worker.listening.sound import WAVE, WEBM, Sound, plays_as_it_is
from worker.speech.front.turns import Pace


@dataclass(slots=True)
class Making:
    """Entered, it has a thread; left, it has none: what is not done by then is given up.

    `tell` learns of it where a call cannot be encoded by `encoder`.
    """

    pace: Pace
    tell: Callable[..., None]
    encoder: Callable[[Samples, Paced], bytes] = encode
    _thread: ThreadPoolExecutor = field(init=False)
    _aside: Aside | None = None
    _made: Future[Listening] | None = None

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="listening")
        return self

    def __exit__(self, *_: object) -> None:
        if self._aside is not None:
            self._aside.given_up.set()
        self._thread.shutdown()

    def start(self, sound: Sound) -> None:
        """Begin, behind what the engine waits for."""
        self._aside = Aside(self.pace, behind_s=sound.recording.duration_s)
        self._made = self._thread.submit(self._make, sound, self._aside)

    def result(self) -> Listening:
        """Wait for it.

        Raises:
            TransientError: the job was abandoned meanwhile.
        """
        assert self._made is not None, "it was started"
        return self._made.result()

    def _make(self, sound: Sound, aside: Aside) -> Listening:
        peaks = peaks_document(sound, aside)
        if plays_as_it_is(sound.recording):
            return Listening(peaks, WAVE, None)
        try:
            return Listening(peaks, WEBM, self.encoder(sound.samples, aside))
        except (TransientError, GivenUp):
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails here, the call has its transcript
            self.tell("listening_not_made", error_type=type(error).__name__)
        return Listening(peaks, None, None)
