"""Speech for the evaluation: sentences never trained on, over a simulated telephone line."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import torch

from worker.models.training import labels, sounds, speech, telephone, text
from worker.models.training.corpus import Utterance

SHORTEST_S, LONGEST_S = 10.0, 29.5
SAMPLE_RATE_HZ = 16_000


@dataclass(slots=True)
class Case:
    """A window and what was said in it.

    samples: float32, 16,000 Hz. utterances: (start, end, text) in seconds. words: (word,
    start), only those whose time espeak-ng tells.
    """

    language: str
    samples: np.ndarray
    utterances: list[tuple[float, float, str]] = field(default_factory=list)
    words: list[tuple[str, float]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(text for _, _, text in self.utterances)

    @property
    def speech_s(self) -> float:
        """How long was spoken."""
        return sum(end - start for start, end, _ in self.utterances)


def single(language: str, count: int, *, unseen: bool) -> list[Case]:
    """Make windows of one utterance each (one sentence, at times two)."""
    rng = random.Random(f"{language} {unseen}")
    book = text.load_phrasebook(language)
    return [_case(book, None, rng, unseen=unseen) for _ in range(count)]


def several(language: str, count: int, shortest_s: float = SHORTEST_S) -> list[Case]:
    """Make windows up to 29.5 s with several utterances of one trained voice and pauses."""
    rng = random.Random(f"{language} {shortest_s}")
    book = text.load_phrasebook(language)
    lengths = [rng.uniform(shortest_s, LONGEST_S) for _ in range(count)]
    return [_case(book, length, rng, unseen=False) for length in lengths]


def silent(count: int) -> list[Case]:
    """Make windows of silence, noise, tones and chords."""
    rng = np.random.default_rng(7)
    cases = []
    for _ in range(count):
        samples = np.zeros(int(rng.uniform(2, 29) * 50) * 320, np.float32)
        sounds.fill(samples, rng)
        samples *= 10 ** (rng.uniform(-40, -6) / 20) / max(np.abs(samples).max(), 1e-3)
        cases.append(Case("en", _called(samples, int(rng.integers(2**31)))))
    return cases


def _case(book: text.Phrasebook, length_s: float | None, rng: random.Random, *, unseen: bool) -> Case:
    """Speak held-out sentences in one voice, with pauses, while they fit; or just one."""
    voice = speech.draw_voice(book.language, rng, unseen=unseen)
    case, start = Case(book.language, np.zeros(0, np.float32)), rng.uniform(0.05, 0.5)
    pieces: list[tuple[int, np.ndarray]] = []
    for _ in range(20 if length_s else 1):
        line = text.draw(book, rng, held_out=True)
        said = speech.speaker().speak(line, voice)
        end = start + len(said.samples) / SAMPLE_RATE_HZ
        if length_s and end > length_s - 0.05:
            continue
        pieces.append((int(start * SAMPLE_RATE_HZ), said.samples))
        case.utterances.append((start, end, line))
        one = Utterance(line, book.language, voice.name, said.samples, said.words, said.phones)
        case.words += [(word, start + at) for word, at in _timed_words(one)]
        start = end + rng.uniform(0.2, 1.5)
    size_s = length_s or case.utterances[-1][1] + rng.uniform(0.1, 0.5)
    case.samples = _called(_mixed(pieces, size_s, rng.uniform(-18, -3)), rng.randrange(2**31))
    return case


def _mixed(pieces: list[tuple[int, np.ndarray]], size_s: float, level_db: float) -> np.ndarray:
    """Lay int16 pieces at their first samples into float32 of a peak level."""
    samples = np.zeros(int(size_s * 50) * 320, np.float32)
    for first, piece in pieces:
        fitting = piece[: len(samples) - first]
        samples[first : first + len(fitting)] = fitting
    return samples * np.float32(10 ** (level_db / 20) / max(np.abs(samples).max(), 1))


def _timed_words(one: Utterance) -> list[tuple[str, float]]:
    """Pair words with onsets where the event points at the beginning of a word."""
    characters, times = labels.anchors(one)
    words, place = [], 0
    onsets = dict(zip(characters[::2], times[::2], strict=True))
    for word in one.text.split(" "):
        if place in onsets:
            words.append((word, onsets[place]))
        place += len(word) + 1
    return words


def _called(samples: np.ndarray, seed: int) -> np.ndarray:
    """Add line noise of -65 dBFS and send over the telephone."""
    rng = np.random.default_rng(seed)
    noisy = samples + rng.standard_normal(len(samples)).astype(np.float32) * 10 ** (-65 / 20)
    return telephone.call(torch.from_numpy(noisy)[None], rng)[0].numpy()
