"""Segments of the channels become one text: utterances of each party, in the order of the call."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from worker.audio.channels import MIXED, Leg
from worker.speech.spoken import Figures, Segment, Utterance, Word

PAUSE_MS = 700
PAUSE_AFTER_SENTENCE_MS = 200
MAX_UTTERANCE_MS = 30_000
SENTENCE_ENDS = (".", "!", "?", "…")

Told = tuple[Segment, Word]


def utterances(segments: Sequence[Segment]) -> tuple[Utterance, ...]:
    """Split what was recognised into utterances.

    Args:
        segments: by channel, then by time.

    Returns:
        Utterances by start, then channel. A doubtful segment is one utterance with its reasons: it is
        judged as a whole. All others of a channel are one stream of words, whatever windows they came from.
    """
    found: list[Utterance] = []
    for _, own in groupby(segments, key=lambda segment: segment.channel):
        for is_doubtful, run in groupby(own, key=lambda segment: bool(segment.reasons)):
            held = list(run)
            found += map(_whole, held) if is_doubtful else _split(held)
    return ordered(found)


def ordered(found: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """Put utterances in the order of the text: by start, then by channel."""
    return tuple(sorted(found, key=lambda utterance: (utterance.start_ms, utterance.channel)))


def speakers(legs: Sequence[Leg]) -> Mapping[int, str | None]:
    """Name who speaks on each channel: the role if known, else the channel's number; nobody where all share one."""
    if len(legs) == 1:
        return {legs[0].index: None}
    return {leg.index: None if leg.role == MIXED else leg.role or f"channel_{leg.index}" for leg in legs}


def _whole(segment: Segment) -> Utterance:
    return Utterance(segment.channel, segment.language, segment.words, segment.figures, segment.reasons)


def _split(segments: Iterable[Segment]) -> Iterator[Utterance]:
    held: list[Told] = []
    for told in ((segment, word) for segment in segments for word in segment.words):
        if held and _ends(held, told):
            yield _utterance(held)
            held = []
        held.append(told)
    if held:
        yield _utterance(held)


def _ends(held: Sequence[Told], told: Told) -> bool:
    """Say whether a new utterance begins at `told`."""
    (_, first), (segment, last), (new_segment, new) = held[0], held[-1], told
    gap_ms = new.start_ms - last.end_ms
    if gap_ms >= PAUSE_MS or segment.language != new_segment.language:
        return True
    if gap_ms >= PAUSE_AFTER_SENTENCE_MS and last.text.endswith(SENTENCE_ENDS):
        return True
    return new.end_ms - first.start_ms > MAX_UTTERANCE_MS


def _utterance(held: Sequence[Told]) -> Utterance:
    first, _ = held[0]
    return Utterance(
        channel=first.channel,
        language=first.language,
        words=tuple(word for _, word in held),
        figures=_figures([segment.figures for segment, _ in held]),
    )


def _figures(figures: Sequence[Figures]) -> Figures:
    """Weigh the figures of windows by the words that each gave; the worse of no-speech and temperature counts."""
    return Figures(
        avg_logprob=sum(entry.avg_logprob for entry in figures) / len(figures),
        no_speech_prob=max(entry.no_speech_prob for entry in figures),
        temperature=max(entry.temperature for entry in figures),
    )
