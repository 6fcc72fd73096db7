"""Lost words, the fault opposite to invented ones: speech that was heard and has no text near it."""

from collections.abc import Iterable, Mapping, Sequence

from worker.speech.front.vad import Span
from worker.speech.spoken import Utterance

NEAR_S = 0.5
MIN_SPAN_S = 3.0  # chosen
MIN_COVERAGE = 0.6  # chosen

BREATH_S = 0.5
MAX_STRETCH_S = 29.2  # what one window takes, with its margins

Stretch = tuple[Span, ...]
Spans = Mapping[int, Sequence[Span]]


def coverage(utterances: Iterable[Utterance], spans: Spans) -> float | None:
    """Give the share of speech seconds within 0.5 s of a kept word; None where nobody speaks."""
    told = _by_channel(utterances)
    speech_s = sum(span.duration_s for own in spans.values() for span in own)
    if not speech_s:
        return None
    return sum(_covered_s(span, told.get(channel, ())) for channel, own in spans.items() for span in own) / speech_s


def is_low(share: float | None) -> bool:
    """Say whether so much of the speech has no text that a person should look."""
    return share is not None and share < MIN_COVERAGE


def uncovered(utterances: Iterable[Utterance], spans: Spans) -> dict[int, tuple[Stretch, ...]]:
    """Give the stretches of each channel that are long and hardly covered; channels without any are left out.

    A stretch is speech with pauses of a breath: spans of 3 s are rare, the VAD ends one at every 160 ms.
    """
    told = _by_channel(utterances)
    found = {
        channel: tuple(stretch for stretch in _stretches(own) if _is_bare(stretch, told.get(channel, ())))
        for channel, own in spans.items()
    }
    return {channel: own for channel, own in found.items() if own}


def _stretches(spans: Iterable[Span]) -> list[Stretch]:
    stretches: list[Stretch] = []
    for span in spans:
        last = stretches[-1] if stretches else ()
        if last and span.start_s - last[-1].end_s <= BREATH_S and span.end_s - last[0].start_s <= MAX_STRETCH_S:
            stretches[-1] = (*last, span)
        else:
            stretches.append((span,))
    return stretches


def _is_bare(stretch: Stretch, words_s: Sequence[tuple[float, float]]) -> bool:
    speech_s = sum(span.duration_s for span in stretch)
    return speech_s >= MIN_SPAN_S and sum(_covered_s(span, words_s) for span in stretch) < MIN_COVERAGE * speech_s


def _by_channel(utterances: Iterable[Utterance]) -> dict[int, list[tuple[float, float]]]:
    """Give what each channel's words cover, in seconds, merged and in order."""
    reaches: dict[int, list[tuple[float, float]]] = {}
    for utterance in utterances:
        own = reaches.setdefault(utterance.channel, [])
        own += [(word.start_ms / 1000 - NEAR_S, word.end_ms / 1000 + NEAR_S) for word in utterance.words]
    return {channel: _merged(own) for channel, own in reaches.items()}


def _merged(reaches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted(reaches):
        if merged and start_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((start_s, end_s))
    return merged


def _covered_s(span: Span, words_s: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for start_s, end_s in words_s)
