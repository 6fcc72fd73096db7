"""What a transcript promises of its times and its text: checked on every document before it is written."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.transcript import Suppressed, Transcript, Utterance


def broken(transcript: Transcript) -> tuple[str, ...]:
    """Name the promises that a transcript breaks; none, if all is well.

    Promised: 0 <= start < end <= duration; words in order, inside their utterance, each timed; an
    utterance's text is its words joined by spaces, the whole text is its utterances; utterances by
    start, then channel, numbered from 0.
    """
    return tuple(_of_whole(transcript)) + tuple(
        f"{fault} in utterance {utterance.id}"
        for utterance in transcript.utterances
        for fault in _of_utterance(utterance)
    )


def _of_whole(transcript: Transcript) -> Iterator[str]:
    told: Sequence[Utterance | Suppressed] = (*transcript.utterances, *transcript.suppressed)
    if any(not 0 <= one.start < one.end <= transcript.duration for one in told):
        yield "times outside the call"
    if transcript.text != " ".join(utterance.text for utterance in transcript.utterances):
        yield "text differs from its utterances"
    places = [(utterance.start, utterance.channel) for utterance in transcript.utterances]
    if places != sorted(places):
        yield "utterances out of order"
    if [utterance.id for utterance in transcript.utterances] != list(range(len(places))):
        yield "utterances numbered wrongly"


def _of_utterance(utterance: Utterance) -> Iterator[str]:
    words = utterance.words
    if utterance.text != " ".join(word.word for word in words):
        yield "text differs from its words"
    if any(not utterance.start <= word.start < word.end <= utterance.end for word in words):
        yield "a word outside"
    if any(later.start < earlier.end for earlier, later in pairwise(words)):
        yield "words out of order"
