"""Between a call at work and the checkpoint that is kept of it: whose it is, what may be gone on from, what is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from shared.errors.transient import StorageUnavailable
from shared.telemetry import FactName
from worker.audio.channels import Leg
from worker.speech.checkpoint import Checkpoint, HeardLeg, HeardWindow, Maker, Vote, digest
from worker.speech.front.vad import Span
from worker.speech.notes import CHECKPOINT_S, Notes
from worker.speech.windows import Window

Spans = Mapping[int, tuple[Span, ...]]


class Shelf(Protocol):
    """Where the checkpoints of one job lie: `worker.desk.JobShelf`."""

    def last(self) -> bytes | None:
        """Read the newest one; None if none is there."""

    def keep(self, body: bytes) -> None:
        """Keep another one.

        Raises:
            LeaseLost: the job is no longer ours.
            StorageUnavailable: it could not be kept now.
        """

    def tell(self, name: FactName, **fields: Any) -> None:
        """Tell a fact of this job."""


@dataclass(frozen=True, slots=True)
class NoShelf:
    """Keeps nothing, for calls that are no jobs."""

    def last(self) -> bytes | None:
        """Know of nothing."""
        return None

    def keep(self, body: bytes) -> None:
        """Forget it."""

    def tell(self, name: FactName, **fields: Any) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Keeper:
    """Keeps what is known of one call, and finds what an earlier claim kept of it.

    Attributes:
        shelf: where checkpoints lie.
        maker: who hears the call now; what anybody else has heard is not gone on from.
        legs: of the call.
        decode_s: spent on decoding the call, by this claim.
        limit_s: most seconds of finished audio that may be at risk.
    """

    shelf: Shelf
    maker: Maker
    legs: Sequence[Leg]
    decode_s: float
    limit_s: float = CHECKPOINT_S
    earlier: Checkpoint | None = None
    _heard_legs: Mapping[int, HeardLeg] = field(default_factory=dict)

    def look(self) -> None:
        """Find what an earlier claim kept; what is of no use is told, and the call is heard from its start.

        Raises:
            StorageUnavailable: it is out of reach now, as the audio would be.
        """
        body = self.shelf.last()
        if body is None:
            return
        try:
            found = Checkpoint.model_validate_json(body)
        except ValidationError:
            self.shelf.tell("checkpoint_ignored", cause="unreadable")
            return
        faults = list(self._faults(found))
        if faults:
            self.shelf.tell("checkpoint_ignored", cause=faults[0])
            return
        self.earlier, self._heard_legs = found, found.legs

    @property
    def spans(self) -> Spans | None:
        """The speech of each leg, if it was found before."""
        return {index: leg.spans for index, leg in self.earlier.legs.items()} if self.earlier else None

    @property
    def spent_s(self) -> tuple[float, float]:
        """Seconds that earlier claims spent on decoding the call, and on hearing it."""
        return (self.earlier.decode_s, self.earlier.engine_s) if self.earlier else (0.0, 0.0)

    def open_notes(self, windows: Sequence[Window], spans: Spans) -> tuple[Notes, float]:
        """Begin the notes of a call, with what an earlier claim has heard of it.

        Returns:
            The notes, and the seconds of speech that need not be heard again.
        """
        notes = Notes(lambda notes: self._keep(notes, spans), self.limit_s, sum(one.duration_s for one in windows))
        if self.earlier is None:
            return notes, 0.0
        notes.votes |= {vote.place: vote.probabilities for vote in self.earlier.votes}
        notes.windows |= {one.place: (one.language, one.segments) for one in self.earlier.windows}
        notes.engine_s = self.earlier.engine_s
        known = [window for window in windows if window.at in notes.windows]
        audio_s = sum(window.duration_s for window in known)
        self.shelf.tell("checkpoint_resumed", windows=len(known), audio_s=round(audio_s, 3))
        return notes, sum(window.speech_s for window in known)

    def _keep(self, notes: Notes, spans: Spans) -> bool:
        """Keep what is noted; False if that is not possible now, which harms nobody yet."""
        body = self._checkpoint(notes, spans).to_bytes()
        try:
            self.shelf.keep(body)
        except StorageUnavailable as error:
            self.shelf.tell("checkpoint_failed", cause=error.code, size_bytes=len(body))
            return False
        self.shelf.tell("checkpoint_kept", windows=len(notes.windows), size_bytes=len(body))
        return True

    def _checkpoint(self, notes: Notes, spans: Spans) -> Checkpoint:
        self._heard_legs = self._heard_legs or {
            leg.index: HeardLeg(sha256=digest(leg.samples), spans=spans[leg.index])
            for leg in self.legs
            if leg.index in spans
        }
        return Checkpoint(
            maker=self.maker,
            legs=self._heard_legs,
            votes=tuple(Vote(place=place, probabilities=found) for place, found in notes.votes.items()),
            windows=tuple(
                HeardWindow(place=place, language=language, segments=segments)
                for place, (language, segments) in notes.windows.items()
            ),
            decode_s=self.spent_s[0] + self.decode_s,
            engine_s=notes.engine_s,
        )

    def _faults(self, found: Checkpoint) -> Iterator[str]:
        """Say why a checkpoint may not be gone on from; the first reason is the cheapest to find."""
        if found.maker != self.maker:
            yield "foreign"
        elif not found.is_whole:
            yield "damaged"
        elif {index: leg.sha256 for index, leg in found.legs.items()} != self._digests():
            yield "other_sound"

    def _digests(self) -> dict[int, str]:
        return {leg.index: digest(leg.samples) for leg in self.legs if leg.status != "silent"}
