"""What a telephone line does to a real call: the bundled ones, which no threshold was tuned on, made worse.

Waves are float64 in [-1, 1], shape (2, samples), at 16,000 Hz; every change gives a new array.
"""

import io
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from audio.files import best_decoder, decode, encoded_samples

from worker.audio.recording import Recording

RATE_HZ = 16_000
CALLS = Path(__file__).parents[2] / "api" / "console" / "calls"
STEREO_CALLS = ("angebot-de.wav", "rendez-vous-fr.ogg", "renewal-en.wav", "richiamo-it.wav")


@cache
def call(name):
    """The first 30 s of a call."""
    with (CALLS / name).open("rb") as file:
        return best_decoder().decode(file).samples[:, : 30 * RATE_HZ] / 32_768


def recording_of(waves):
    samples = np.clip(np.asarray(waves) * 32_767, -32_768, 32_767).astype(np.int16)
    return Recording(samples, 8_000, "pcm_mulaw", None, 0, (), ())


def random(waves):
    return np.random.default_rng(np.shape(waves)[-1])


def one_signal(waves):
    """Both parties on one line, on both channels."""
    return np.stack([waves.sum(axis=0)] * 2)


def gain(wave, db):
    return wave * 10 ** (db / 20)


def delayed(wave, ms):
    return np.roll(wave, RATE_HZ * ms // 1_000, axis=-1)


def on_second(waves, change):
    """`change` on the second channel alone."""
    return np.stack([waves[0], change(waves[1])])


def with_bleed(waves, db, echo_ms, *, one_way=False):
    heard = waves + gain(delayed(waves[::-1], echo_ms), db)
    return on_second(heard, lambda _: waves[1]) if one_way else heard


def with_noise(waves, dbfs):
    return waves + gain(random(waves).standard_normal(np.shape(waves)), dbfs)


def with_hum(waves, dbfs):
    """50 Hz and its odd harmonics, as a ground loop gives them."""
    moments = np.arange(np.shape(waves)[-1]) / RATE_HZ
    return waves + gain(sum(np.sin(2 * np.pi * 50 * n * moments) / n for n in (1, 3, 5, 7)), dbfs)


def with_loss(waves, share=0.05):
    """Packets of 20 ms lost, each channel its own."""
    kept = random(waves).random((*np.shape(waves)[:-1], np.shape(waves)[-1] // 320 + 1)) >= share
    return waves * np.repeat(kept, 320, axis=-1)[..., : np.shape(waves)[-1]]


def with_drift(wave, db, period_s):
    return wave * 10 ** (db / 20 * np.sin(2 * np.pi * np.arange(len(wave)) / (period_s * RATE_HZ)))


def with_music(wave):
    """The first party puts the other on hold from a third to two thirds of the call: a tune of plain chords."""
    third = len(wave) // 3
    moments = np.arange(third) / RATE_HZ
    notes_hz = np.repeat(random(wave).choice([262, 330, 392, 523], third // 4_000 + 1), 4_000)[:third]
    tune = sum(np.sin(2 * np.pi * notes_hz * n * moments) for n in (1, 1.25, 1.5)) / 3
    return np.concatenate([wave[:third], gain(tune, -20), wave[2 * third :]])


def mu_law(waves):
    return _there_and_back(waves, lambda samples: _written(samples, "ULAW"), 8_000)


def gsm(wave):
    """One channel: GSM knows no two."""
    return _there_and_back(wave[None], lambda samples: _written(samples, "GSM610"), 8_000)[0]


def opus(waves, bit_rate="24000"):
    return _there_and_back(
        waves, lambda samples: encoded_samples("ogg", "libopus", 48_000, samples, b=bit_rate), 48_000
    )


def mp3(waves):
    return _there_and_back(waves, lambda samples: encoded_samples("mp3", "libmp3lame", 16_000, samples), RATE_HZ)


def _written(samples, subtype):
    target = io.BytesIO()
    soundfile.write(target, samples, 8_000, format="WAV", subtype=subtype)
    return target.getvalue()


def _there_and_back(waves, encode, rate_hz):
    """Through a codec at its own rate; `encode` takes int16 of shape (samples, channels)."""
    samples = np.clip(waves.T * 32_767, -32_768, 32_767).astype(np.int16)
    if rate_hz == 8_000:
        samples = samples[::2]  # what the line lets through ends below 4,000 Hz already
    elif rate_hz == 48_000:
        samples = np.repeat(samples, 3, axis=0)
    heard = decode(encode(np.ascontiguousarray(samples))).samples / 32_768
    fitted = np.zeros_like(waves)
    fitted[:, : heard.shape[1]] = heard[:, : waves.shape[1]]
    return fitted
