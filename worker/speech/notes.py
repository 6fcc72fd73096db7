"""What has been heard of a call so far, and when it is time to keep it. The thread of the job alone writes here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from worker.speech.spoken import Segment
from worker.speech.windows import WINDOW_S, Place, Window

CHECKPOINT_S = 300.0
"""At most so much finished audio is heard again after a kill; a call with less of it keeps nothing."""


@dataclass(slots=True)
class Notes:
    """What is known of a call, by the place of each window; grows with the call and goes with it.

    Attributes:
        keep: writes down what is known; False if that was not possible now.
        limit_s: most seconds of finished audio that may be at risk.
        audio_s: seconds of audio of all the windows of the call, margins included.
        votes: of each window that was asked for its language.
        windows: the language that each finished window was decoded in, and what came of it.
        engine_s: engine time spent on this call, by earlier claims too.
    """

    keep: Callable[["Notes"], bool] = lambda _: True
    limit_s: float = CHECKPOINT_S
    audio_s: float = 0.0
    votes: dict[Place, Mapping[str, float]] = field(default_factory=dict)
    windows: dict[Place, tuple[str, tuple[Segment, ...]]] = field(default_factory=dict)
    engine_s: float = 0.0
    _new_s: float = 0.0
    _is_kept: bool = True

    def vote(self, window: Window, probabilities: Mapping[str, float]) -> None:
        """Note what a window says of its language."""
        self.votes[window.at] = probabilities

    def finish(self, window: Window, language: str, segments: Iterable[Segment]) -> None:
        """Note what came of a window."""
        self.windows[window.at] = language, tuple(segments)
        self._new_s += window.duration_s
        self._is_kept = False

    def heard(self, window: Window, language: str | None) -> tuple[Segment, ...] | None:
        """Give what came of a window in a language; None if it was not heard in it."""
        code, segments = self.windows.get(window.at, (None, ()))
        if code is None or code != language:
            return None
        return tuple(replace(segment, index=window.index) for segment in segments)

    def keep_in_time(self) -> None:
        """Keep what is known before more than `limit_s` of it could be lost: one more window always fits.

        What could not be kept is tried again when as much has been heard once more.

        Raises:
            LeaseLost: the job is no longer ours.
        """
        if self._new_s and self.audio_s > self.limit_s < self._new_s + WINDOW_S:
            self._new_s = 0.0
            self._is_kept = self.keep(self)

    def keep_rest(self) -> None:
        """Keep what is known now, if any of it is not kept yet: the job is handed back.

        Raises:
            LeaseLost: the job is no longer ours.
        """
        if not self._is_kept:
            self._is_kept = self.keep(self)
