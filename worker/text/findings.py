"""What the document is made of: the order for it, and all that was found out about the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.job import Lane, Options
from worker.audio.channels import Leg
from worker.audio.recording import Recording
from worker.speech.front.vad import Span
from worker.speech.guard import Judged
from worker.speech.keeping import NoShelf, Shelf
from worker.speech.language import Verdict


@dataclass(frozen=True, slots=True)
class Order:
    """Which job a transcript is made for.

    `created_at`: RFC 3339, UTC, milliseconds, of the document; `lane`: who comes first; `shelf`: where what is heard
    of a long call is kept.
    """

    job_id: str
    revision: int
    reference: str | None
    options: Options
    attempt: int
    created_at: str
    options_sha256: str
    worker_version: str
    lane: Lane = Lane.INTERACTIVE
    shelf: Shelf = field(default_factory=NoShelf)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of a call.

    `spans`: the speech of each channel; `verdict` is None where nobody speaks; `decode_s`, `engine_s`: spent by this
    claim, and by those before it that it goes on from.
    """

    recording: Recording
    legs: Sequence[Leg]
    spans: Mapping[int, Sequence[Span]]
    verdict: Verdict | None
    judged: Judged
    warnings: tuple[str, ...]
    decode_s: float
    engine_s: float
