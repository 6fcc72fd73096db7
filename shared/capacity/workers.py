"""What a worker tells of itself, and how much it holds before it takes no more."""

from collections.abc import Sequence
from typing import Final

from shared.job import Frozen, Lane

SIGN_LASTS_S: Final = 60.0
"""A worker that was not heard of for so long is not counted on."""
LONG_CALL_SHARE: Final = 4
"""No call takes more than this part of the room of a worker, however long it is."""
BATCH_LANE_SHARE: Final = 2
"""The batch lane takes at most this part of it."""


class WorkerSign(Frozen):
    """A worker's sign of life, and what it can do.

    `held`: seconds of each held call that are still to be heard, by job id. `rate`: seconds of calls heard a second in
    which it held any; None until it is known. `room_s`, `room_jobs`: how much it holds before it stops taking more.
    """

    id: str
    at: float
    lanes: tuple[Lane, ...]
    held: dict[str, float]
    rate: float | None = None
    rtf: float | None = None
    room_s: float = 0.0
    room_jobs: int = 1
    model: str
    model_sha256: str
    compute_type: str
    device: str
    wer: dict[str, float] | None = None
    expires_at: float

    def is_alive(self, now: float) -> bool:
        """Whether it was heard of lately."""
        return now - self.at < SIGN_LASTS_S

    def room_in(self, lane: Lane, lengths_s: Sequence[float]) -> float:
        """Seconds of calls as long as these that it holds before it takes no more of `lane`; a long one counts less."""
        share = BATCH_LANE_SHARE if lane is Lane.BATCH else 1
        total_s = sum(lengths_s)
        counted_s = sum(min(length_s, self.room_s / LONG_CALL_SHARE) for length_s in lengths_s)
        if not counted_s:
            return self.room_s / share
        return min(self.room_s / counted_s, self.room_jobs / len(lengths_s)) / share * total_s
