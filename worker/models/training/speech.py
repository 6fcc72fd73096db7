"""Speaks text with the espeak-ng library and notes when each word and phoneme begins.

The library is called in this process: a call takes a few milliseconds, and its events give
what no recording can, the true time of each word. It keeps global state, so one process
speaks one text at a time.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    import random

SAMPLE_RATE_HZ = 16_000

# Values of speak_lib.h, the public header of espeak-ng.
SYNCHRONOUS, PHONEME_EVENTS, UTF8 = 2, 1, 1
RATE, PITCH, RANGE, WORD_GAP = 1, 3, 4, 7
EVENT_END, EVENT_WORD, EVENT_PHONEME = 0, 1, 7

BASES = {
    "en": ("en-us", "en-us", "en-us", "en", "en", "en-gb-scotland", "en-gb-x-rp",
           "en-us-nyc", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029"),
    "fr": ("fr", "fr", "fr-be", "fr-ch"),
    "de": ("de",),
    "it": ("it",),
}  # fmt: skip
PLAIN = ("", "m1", "m2", "m3", "m5", "m6", "m7", "m8", "f1", "f3", "f4", "f5")
NAMED = (
    "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo",
    "Jacky", "Lee", "Marco", "Mario", "Michael", "Nguyen", "Storm", "adam", "anika", "antonio", "benjamin",
    "boris", "caleb", "david", "ed", "edward", "edward2", "grandma", "grandpa", "gustave", "iven", "iven2",
    "john", "kaukovalta", "klatt", "klatt2", "klatt3", "klatt4", "linda", "marcelo", "max", "michel",
    "miguel", "norbert", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph3",
    "travis", "victor", "zac",
)  # fmt: skip
UNSEEN = ("m4", "f2", "Mike", "belinda", "pablo", "steph2")


@dataclass(frozen=True, slots=True)
class Voice:
    """How one utterance is spoken; pitch and range 0 to 99, rate in words a minute."""

    name: str
    pitch: int = 50
    rate: int = 165
    inflection: int = 50
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Speech:
    """One spoken utterance without silence around it.

    samples: int16, 16,000 Hz. words: (index of the first character, onset in seconds).
    phones: (espeak-ng's name, onset in seconds).
    """

    samples: np.ndarray
    words: list[tuple[int, float]]
    phones: list[tuple[str, float]]


class _Event(ctypes.Structure):
    """`espeak_EVENT`: times in ms, text positions counted from 1."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Speaker:
    """The library, loaded once a process."""

    def __init__(self) -> None:
        """Load and initialise it; raises OSError where espeak-ng is not installed."""
        self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self._rate_hz = self._library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS)
        self._pieces: list[np.ndarray] = []
        self._events: list[tuple[int, int, float, str]] = []
        self._callback = _CALLBACK(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, voice: Voice) -> Speech:
        """Speak a text; raises ValueError for a voice that espeak-ng does not have."""
        if self._library.espeak_SetVoiceByName(voice.name.encode()):
            raise ValueError(voice.name)
        settings = (voice.rate, voice.pitch, voice.inflection, voice.gap)
        for parameter, value in zip((RATE, PITCH, RANGE, WORD_GAP), settings, strict=True):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._events = [], []
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, UTF8, None, None)
        sound = np.concatenate(self._pieces).astype(np.float32)
        return _trim(soxr.resample(sound, self._rate_hz, SAMPLE_RATE_HZ), self._events)

    def _receive(self, samples: object, count: int, events: object) -> int:
        if count > 0 and samples:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        place = 0
        while events[place].type != EVENT_END:
            event = events[place]
            name = event.name.decode("utf-8", "replace") if event.type == EVENT_PHONEME else ""
            at = event.audio_position / 1000
            self._events.append((event.type, event.text_position - 1, at, name))
            place += 1
        return 0


@functools.cache
def speaker() -> Speaker:
    """Return this process's speaker."""
    return Speaker()


def draw_voice(language: str, rng: random.Random, *, unseen: bool = False) -> Voice:
    """Draw accent, variant, pitch and rate; `unseen` variants are for the evaluation."""
    usual = rng.choice((PLAIN, NAMED))
    variant = rng.choice(UNSEEN if unseen else usual)
    base = rng.choice(BASES[language])
    return Voice(
        f"{base}+{variant}" if variant else base,
        pitch=rng.randint(20, 80),
        rate=rng.randint(125, 200),
        inflection=rng.randint(25, 80),
        gap=rng.choice((0, 0, 0, 1, 2, 4)),
    )


def _trim(sound: np.ndarray, events: list[tuple[int, int, float, str]]) -> Speech:
    """Cut silence off both ends by level and move the events with it."""
    loud = np.flatnonzero(np.abs(sound) > max(60.0, 0.01 * np.abs(sound).max()))
    first, last = (loud[0], loud[-1] + 1) if len(loud) else (0, len(sound))
    shift, length = first / SAMPLE_RATE_HZ, (last - first) / SAMPLE_RATE_HZ
    samples = np.clip(sound[first:last], -32768, 32767).astype(np.int16)

    def moved(at: float) -> float:
        return round(float(min(max(at - shift, 0.0), length)), 3)

    words = [(place, moved(at)) for kind, place, at, _ in events if kind == EVENT_WORD]
    phones = [(name, moved(at)) for kind, _, at, name in events if kind == EVENT_PHONEME]
    return Speech(samples, words, phones)
