"""Calls in which nobody speaks, and one that is over before it began."""

import struct

import numpy as np
from audio.files import wave, wave_format
from corpus.entries import Entry, heard

RATE_HZ = 8_000
CAP_S = 14_400
DTMF_HZ = {
    "1": (697, 1_209), "2": (697, 1_336), "3": (697, 1_477), "4": (770, 1_209), "5": (770, 1_336), "6": (770, 1_477),
    "7": (852, 1_209), "8": (852, 1_336), "9": (852, 1_477), "0": (941, 1_336),
}  # fmt: skip


def silence(file):
    """Four hours to the sample, the longest call that is accepted: a hole in the file."""
    size = CAP_S * RATE_HZ * 2
    file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16) + wave_format())
    file.write(b"data" + struct.pack("<I", size))
    file.truncate(44 + size)
    file.seek(0, 2)


def sounds(*pitches_hz, duration_s, level=0.2):
    moments = np.arange(int(duration_s * RATE_HZ)) / RATE_HZ
    return level * sum(np.sin(2 * np.pi * hz * moments) for hz in pitches_hz) / max(len(pitches_hz), 1) + 0 * moments


def call_of(*parts):
    return wave(wave_format(), (np.concatenate(parts) * 32_767).astype(np.int16).tobytes())


def dtmf():
    """Ten keys, 0.1 s each, 0.1 s between them (ITU-T Q.23)."""
    pause = sounds(duration_s=0.1)
    return call_of(*(part for key in "0123456789" for part in (sounds(*DTMF_HZ[key], duration_s=0.1), pause)))


def ring_tone():
    """425 Hz, a second of tone and four of silence (ETSI TR 101 041)."""
    return call_of(*([sounds(425, duration_s=1.0), sounds(duration_s=4.0)] * 3))


def hold_music():
    """Twelve seconds of chords that change every half a second, with some tremolo."""
    notes = np.random.default_rng(86).choice([262, 294, 330, 349, 392, 440, 523], 24)
    chords = np.concatenate([sounds(hz, 1.25 * hz, 1.5 * hz, 2 * hz, duration_s=0.5, level=0.3) for hz in notes])
    return call_of(chords * (1 + 0.3 * np.sin(2 * np.pi * 5 * np.arange(len(chords)) / RATE_HZ)))


def short_speech():
    """A tenth of a second of something like a vowel: harmonics of 120 Hz under two formants."""
    harmonics_hz = 120 * np.arange(1, 25)
    moments = np.arange(int(0.1 * RATE_HZ)) / RATE_HZ
    weights = np.exp(-(((harmonics_hz - 600) / 250) ** 2)) + 0.5 * np.exp(-(((harmonics_hz - 1_100) / 250) ** 2))
    vowel = (weights[:, None] * np.sin(2 * np.pi * harmonics_hz[:, None] * moments)).sum(axis=0)
    return call_of(0.3 * vowel / np.abs(vowel).max())


ENTRIES: list[Entry] = [
    Entry("85", "four hours of silence", silence, duration_s=CAP_S, slow="460 MB of samples"),
    heard("85b", "a minute of silence", lambda: call_of(sounds(duration_s=60.0)), duration_s=60.0),
    heard("86", "ten keys of a telephone", dtmf, duration_s=2.0),
    heard("86b", "a ring tone", ring_tone, duration_s=15.0),
    heard("86c", "music on hold", hold_music, duration_s=12.0),
    heard("87", "a tenth of a second of speech", short_speech, duration_s=0.1),
]
