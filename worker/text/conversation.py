"""Who talked how much: a pure function of the words and their times (api/README.md defines each figure)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from shared.transcript import Conversation, Interruption, Monologue
from worker.audio.channels import MIXED
from worker.speech.spoken import Utterance, Word

BREATH_MS = 500  # words this near belong to one talk interval
MIN_INTO_MS = 1000  # an interruption starts this far into the other's interval,
MIN_OVERLAP_MS = 500  # overlaps by this,
MIN_LENGTH_MS = 1000  # and lasts this long
MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Somebody talks, from `start_ms` to `end_ms`."""

    start_ms: int
    end_ms: int


Talk = Mapping[str, Sequence[Interval]]


def conversation(utterances: Sequence[Utterance], speakers: Mapping[int, str | None], duration_ms: int) -> Conversation:
    """Compute the figures of a conversation.

    Args:
        utterances: those that are kept, with their words.
        speakers: the name of each channel; None where one channel holds all parties.
        duration_ms: length of the call.
    """
    names = {channel: name or MIXED for channel, name in speakers.items()}
    words = {name: _words(utterances, channel) for channel, name in names.items()}
    talk = {name: talk_intervals(own) for name, own in words.items()}
    minutes = {name: _length_ms(own) / MS_PER_MINUTE for name, own in talk.items()}
    every = _union(talk)
    silences = [later.start_ms - earlier.end_ms for earlier, later in pairwise(_framed(every, duration_ms))]
    is_apart = None not in speakers.values()
    return Conversation(
        talk_s={name: _length_ms(own) / 1000 for name, own in talk.items()} if is_apart else None,
        talk_ratio=_shares(talk) if is_apart else None,
        words_per_minute={name: round(len(words[name]) / minutes[name]) if minutes[name] else 0 for name in talk},
        turns=len(list(_turns(talk))) if is_apart else None,
        silence_s=(duration_ms - _length_ms(every)) / 1000,
        longest_silence_s=max(silences) / 1000,
        overlap_s=_overlap_ms(talk) / 1000 if is_apart else None,
        longest_monologue=_longest(talk) if is_apart else None,
        interruptions=tuple(sorted(_interruptions(talk), key=lambda one: (one.at, one.by))) if is_apart else None,
    )


def talk_intervals(words: Sequence[Word]) -> tuple[Interval, ...]:
    """Merge a party's words over gaps of at most 0.5 s."""
    return _merged([Interval(word.start_ms, word.end_ms) for word in words], BREATH_MS)


def _words(utterances: Sequence[Utterance], channel: int) -> list[Word]:
    return [word for utterance in utterances if utterance.channel == channel for word in utterance.words]


def _merged(intervals: Sequence[Interval], gap_ms: int) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start_ms - merged[-1].end_ms <= gap_ms:
            merged[-1] = Interval(merged[-1].start_ms, max(merged[-1].end_ms, interval.end_ms))
        else:
            merged.append(interval)
    return tuple(merged)


def _union(talk: Talk) -> tuple[Interval, ...]:
    return _merged([interval for own in talk.values() for interval in own], 0)


def _framed(every: Sequence[Interval], duration_ms: int) -> list[Interval]:
    return [Interval(0, 0), *every, Interval(duration_ms, duration_ms)]


def _length_ms(intervals: Sequence[Interval]) -> int:
    return sum(interval.end_ms - interval.start_ms for interval in intervals)


def _shares(talk: Talk) -> dict[str, float]:
    whole_ms = sum(map(_length_ms, talk.values())) or 1
    return {name: _length_ms(own) / whole_ms for name, own in talk.items()}


def _overlap_ms(talk: Talk) -> int:
    """Sum the time in which at least two parties talk."""
    edges = sorted(edge for own in talk.values() for each in own for edge in ((each.start_ms, 1), (each.end_ms, -1)))
    total_ms = talking = since_ms = 0
    for at_ms, change in edges:
        total_ms += at_ms - since_ms if talking > 1 else 0
        talking += change
        since_ms = at_ms
    return total_ms


def _turns(talk: Talk) -> Iterator[tuple[str, Interval]]:
    """Give each turn: the intervals of one party, by start, until another starts."""
    told = sorted((interval, name) for name, own in talk.items() for interval in own)
    for name, run in groupby(told, key=lambda entry: entry[1]):
        own = [interval for interval, _ in run]
        yield name, Interval(own[0].start_ms, max(interval.end_ms for interval in own))


def _longest(talk: Talk) -> Monologue | None:
    turns = [(turn.end_ms - turn.start_ms, -turn.start_ms, name) for name, turn in _turns(talk)]
    if not turns:
        return None
    length_ms, before_ms, name = max(turns)
    return Monologue(speaker=name, start=-before_ms / 1000, duration=length_ms / 1000)


def _interruptions(talk: Talk) -> Iterator[Interruption]:
    for by, own in talk.items():
        for interval, other in ((each, met) for each in own for met in _met(each, by, talk)):
            if _interrupts(interval, other):
                overlap_ms = other.end_ms - interval.start_ms
                yield Interruption(by=by, at=interval.start_ms / 1000, overlap_s=overlap_ms / 1000)


def _met(interval: Interval, by: str, talk: Talk) -> Iterator[Interval]:
    """Give, of each other party, the last interval that began before this one."""
    for others in (talk[name] for name in talk if name != by):
        before = bisect_right(others, interval.start_ms, key=lambda other: other.start_ms)
        yield from others[max(before - 1, 0) : before]


def _interrupts(interval: Interval, other: Interval) -> bool:
    return (
        interval.start_ms - other.start_ms >= MIN_INTO_MS
        and other.end_ms - interval.start_ms >= MIN_OVERLAP_MS
        and interval.end_ms - interval.start_ms >= MIN_LENGTH_MS
        and interval.end_ms > other.end_ms
    )
