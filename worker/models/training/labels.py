"""Turns a spoken utterance into what the losses compare with: tokens and phonemes in time."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from worker.models.training.corpus import Utterance
    from worker.models.training.vocabulary import Vocabulary

SILENCE = "_"
MIN_COUNT = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """An utterance ready for training; times in seconds from its first sample.

    ids: its tokens. begins, ends: when each token is spoken. phones: one number a phoneme.
    onsets: when each phoneme begins.
    """

    language: str
    voice: str
    samples: np.ndarray
    ids: list[int]
    begins: np.ndarray
    ends: np.ndarray
    phones: np.ndarray
    onsets: np.ndarray


def phone_numbers(utterances: Iterable[Utterance], path: Path) -> dict[str, int]:
    """Read the numbering of phonemes, or count them once and write it; silence is 0."""
    if not path.exists():
        counts = Counter(plain(name) for one in utterances for name, _ in one.phones)
        usual = sorted(name for name, count in counts.items() if count >= MIN_COUNT)
        names = [SILENCE, *(name for name in usual if name != SILENCE)]
        path.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    return {name: number for number, name in enumerate(json.loads(path.read_text("utf-8")))}


def plain(name: str) -> str:
    """Take all of espeak-ng's pauses and glottal marks as silence."""
    return SILENCE if name.startswith(SILENCE) else name


def label(utterances: list[Utterance], vocabulary: Vocabulary, numbers: dict[str, int]) -> list[Labelled]:
    """Label many utterances at once."""
    encodings = vocabulary.tokenizer.encode_batch([" " + one.text for one in utterances])
    return [
        _label(one, encoding.ids, np.array(encoding.offsets), numbers)
        for one, encoding in zip(utterances, encodings, strict=True)
    ]


def _label(one: Utterance, ids: list[int], offsets: np.ndarray, numbers: dict[str, int]) -> Labelled:
    characters, times = anchors(one)
    begins = np.interp(offsets[:, 0], characters, times)
    ends = np.interp(offsets[:, 1] - 1, characters, times)
    phones = np.array([numbers.get(plain(name), -100) for name, _ in one.phones], np.int64)
    onsets = np.array([at for _, at in one.phones])
    return Labelled(one.language, one.voice, one.samples, ids, begins, ends, phones, onsets)


def anchors(one: Utterance) -> tuple[list[int], list[float]]:
    """Pair characters with times: where each word begins and where its sound ends.

    espeak-ng counts wrongly behind a comma at times, so words out of order are passed over.
    """
    words, last = [], -1
    for place, at in one.words:
        if place > last and (not words or at >= words[-1][1]):
            words.append((place, at))
            last = place
    characters, times = [], []
    for (place, at), (following, until) in zip(words, [*words[1:], (len(one.text) + 1, one.duration_s)], strict=True):
        end = max(at, _sound_end(one.phones, until))
        characters += [place, max(place + 1, following - 1)]
        times += [at, end]
    return characters, times


def _sound_end(phones: list[tuple[str, float]], until: float) -> float:
    """Go back from a time over the pause before it."""
    end = until
    for name, at in reversed(phones):
        if at < until - 1e-6:
            if plain(name) != SILENCE:
                break
            end = at
    return end
