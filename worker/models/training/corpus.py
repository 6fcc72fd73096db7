"""The spoken corpus on disk: shards of raw samples with an index beside each.

A shard is `<number>.pcm` (int16, 16,000 Hz, one utterance after the other) and
`<number>.json`. The index is renamed into place last, so that a training run may pick up
new shards while they are still being made.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from worker.models.training import speech, text

SHARD_SIZE = 1000
LANGUAGE_SHARES = {"en": 0.32, "fr": 0.32, "de": 0.18, "it": 0.18}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance; times in seconds from its first sample.

    samples: int16, 16,000 Hz, mapped from disk. words: (first character, onset).
    phones: (espeak-ng's name, onset).
    """

    text: str
    language: str
    voice: str
    samples: np.ndarray
    words: list[tuple[int, float]]
    phones: list[tuple[str, float]]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / speech.SAMPLE_RATE_HZ


def make_shard(folder: Path, number: int) -> None:
    """Speak `SHARD_SIZE` utterances; the number seeds them."""
    rng = random.Random(number)
    books = {language: text.load_phrasebook(language) for language in text.LANGUAGES}
    languages = rng.choices(list(LANGUAGE_SHARES), LANGUAGE_SHARES.values(), k=SHARD_SIZE)
    rows, pieces = [], []
    for language in languages:
        voice = speech.draw_voice(language, rng)
        line = text.draw(books[language], rng)
        spoken = speech.speaker().speak(line, voice)
        rows.append([line, language, voice.name, len(spoken.samples), spoken.words, spoken.phones])
        pieces.append(spoken.samples)
    np.concatenate(pieces).tofile(folder / f"{number:05}.pcm")
    _write_whole(folder / f"{number:05}.json", rows)


def make(folder: Path, shards: int) -> None:
    """Make the shards that are not there yet, on all cores."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(shards) if not (folder / f"{n:05}.json").exists()]
    with multiprocessing.get_context("spawn").Pool() as pool:
        pool.starmap(make_shard, [(folder, number) for number in missing], chunksize=1)


def read_shard(index: Path) -> list[Utterance]:
    """Read an index and map its samples."""
    samples = np.memmap(index.with_suffix(".pcm"), np.int16, "r")
    utterances, at = [], 0
    for line, language, voice, length, words, phones in json.loads(index.read_text("utf-8")):
        utterances.append(Utterance(line, language, voice, samples[at : at + length], words, phones))
        at += length
    return utterances


def _write_whole(path: Path, rows: list[list[object]]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    draft.rename(path)
