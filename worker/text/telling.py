"""What is told of a transcript beside itself: how far it can be trusted, in numbers and words of ours."""

from collections import defaultdict

from shared.transcript import Transcript
from worker.text.findings import Order


def tell_trust(made: Transcript, order: Order) -> None:
    """Tell how much of what the engine wrote was kept, whether a person should look, and what was suppressed why."""
    suppressed = _by_reason(made)
    suppressed_s = sum(one.end - one.start for one in made.suppressed)
    written_s = suppressed_s + sum(one.end - one.start for one in made.utterances)
    order.shelf.tell(
        "call_heard",
        lane=order.lane.value,
        duration_s=made.duration,
        decode_s=made.processing.decode_s,
        engine_s=made.processing.engine_s,
        speech_s=round(sum(leg.speech_s for leg in made.channels), 3),
        suppressed_ratio=round(suppressed_s / written_s, 3) if written_s else 0.0,
        low_coverage=int("low_coverage" in made.warnings),
        needs_review=int(made.quality.needs_review),
    )
    for reason, seconds in suppressed.items():
        order.shelf.tell("text_suppressed", lane=order.lane.value, reason=reason, suppressed_s=round(seconds, 3))


def _by_reason(made: Transcript) -> dict[str, float]:
    """Seconds of suppressed text; what has two reasons counts for both."""
    seconds: dict[str, float] = defaultdict(float)
    for one in made.suppressed:
        for reason in one.reasons:
            seconds[reason] += one.end - one.start
    return seconds
