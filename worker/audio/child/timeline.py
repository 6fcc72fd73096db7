"""Where a decoded frame belongs: by its timestamp, so that what was lost leaves a hole and not a shift."""

from dataclasses import dataclass, field

_TOLERANCE_S = 0.010
_MAX_FILLED_S = 60.0
_MAX_TRIMMED_S = 1.0
_PAST_END_S = 1.0
_MAX_GAPS = 1_000


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do with a frame: write `silence` samples before it, leave out its first `skip` samples."""

    silence: int = 0
    skip: int = 0


@dataclass(slots=True)
class Timeline:
    """The call from its start to `end_s`, in seconds, as it is being filled.

    `guessed` counts frames whose place had to be guessed: no timestamp, or one that cannot be true.
    `gaps` are pairs (start_s, end_s); beyond 1,000 of them a gap is filled but not listed.
    `links` counts the recordings that follow each other where the file is a chain of them: time begins anew in each.
    """

    declared_s: float | None = None
    end_s: float = 0.0
    is_chained: bool = False
    guessed: int = 0
    links: int = 1
    gaps: list[tuple[float, float]] = field(default_factory=list)
    _origin_s: float | None = None

    def begin_at(self, moment_s: float) -> None:
        """Set the timestamp that means the start of the call, unless it is known already."""
        if self._origin_s is None:
            self._origin_s = moment_s

    def place(self, moment_s: float | None, samples: int, sample_rate_hz: int) -> Placement:
        """Find the place of a frame of `samples` samples with the timestamp `moment_s`, and take it."""
        if moment_s is None:
            self.guessed += 1
            placement = Placement()
        else:
            placement = self._fit(self._step_s(moment_s), samples, sample_rate_hz)
        self.end_s += (placement.silence + samples - placement.skip) / sample_rate_hz
        return placement

    def _step_s(self, moment_s: float) -> float:
        """Tell how far after the end of what is there a frame begins; negative: they overlap."""
        if self._origin_s is None or (self.end_s == 0 and abs(moment_s - self._origin_s) > _MAX_FILLED_S):
            self._origin_s = moment_s - self.end_s
        step_s = moment_s - self._origin_s - self.end_s
        is_next_link = self.is_chained and step_s < -_TOLERANCE_S
        if not is_next_link and -_MAX_TRIMMED_S <= step_s <= min(_MAX_FILLED_S, self._room_s()):
            return step_s
        self.links += is_next_link
        self.guessed += not is_next_link
        self._origin_s += step_s
        return 0.0

    def _room_s(self) -> float:
        if self.declared_s is None:
            return _MAX_FILLED_S
        return max(self.declared_s + _PAST_END_S - self.end_s, _TOLERANCE_S)

    def _fit(self, step_s: float, samples: int, sample_rate_hz: int) -> Placement:
        if step_s > _TOLERANCE_S:
            if len(self.gaps) < _MAX_GAPS:
                self.gaps.append((self.end_s, self.end_s + step_s))
            else:
                self.guessed += 1
            return Placement(silence=round(step_s * sample_rate_hz))
        if step_s < -_TOLERANCE_S:
            return Placement(skip=min(samples, round(-step_s * sample_rate_hz)))
        return Placement()


@dataclass(slots=True)
class ByteTrail:
    """What was lost of a stream without an index (MP3, ADTS): bytes passed over, as time at the mean bit rate."""

    _decoded_bytes: int = 0
    _lost_bytes: int = 0
    _next_byte: int | None = None

    def follow(self, position: int | None, size: int, *, is_bad: bool) -> None:
        """Note a packet of `size` bytes at `position` of the file; a jump from the one before it is a loss."""
        if position is None or not size:
            return
        if self._next_byte is not None:
            self._lost_bytes += max(position - self._next_byte, 0)
        self._next_byte = position + size
        if is_bad:
            self._lost_bytes += size
        else:
            self._decoded_bytes += size

    def take_lost_s(self, decoded_s: float) -> float:
        """Give what was lost since the last time, in seconds; `decoded_s` is the length of the call so far."""
        lost_s = self._lost_bytes * decoded_s / max(self._decoded_bytes, 1)
        self._lost_bytes = 0
        return lost_s
