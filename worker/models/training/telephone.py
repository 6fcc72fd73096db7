"""Makes clean speech sound like calls: level, noise, colour, telephone band, companding.

All functions take and return float32 tensors of shape (windows, samples) at 16,000 Hz.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    import numpy as np

SAMPLE_RATE_HZ = 16_000
TELEPHONE_SHARE = 0.7
A_LAW_SHARE = 0.25
CLEAN_SHARE, HUM_SHARE = 0.2, 0.1
MU, A = 255.0, 87.6


def degrade(samples: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Add noise and colour to all windows; send most of them over the telephone."""
    count = len(samples)
    coloured = _filter(samples + _noise(samples, rng), _colour(samples, rng))
    called = torch.from_numpy(rng.random(count) < TELEPHONE_SHARE)
    if called.any():
        coloured[called] = call(coloured[called], rng)
    return coloured.clamp(-1, 1)


def call(samples: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Send windows through a telephone: band-pass, 8,000 Hz, mu-law or A-law, and back."""
    low = torch.from_numpy(rng.uniform(50, 330, (len(samples), 1)).astype("float32"))
    high = torch.from_numpy(rng.uniform(3300, 3900, (len(samples), 1)).astype("float32"))
    size = samples.shape[1]
    hz = torch.linspace(0, SAMPLE_RATE_HZ / 2, size // 2 + 1)
    band = torch.sigmoid((hz - low) / 25) * torch.sigmoid((high - hz) / 40)
    spectrum = torch.fft.rfft(samples) * band
    narrow = torch.fft.irfft(spectrum[:, : size // 4 + 1], size // 2) / 2
    narrow = narrow.clamp(-1, 1)
    a_law = torch.from_numpy(rng.random((len(samples), 1)) < A_LAW_SHARE)
    narrow = torch.where(a_law, _through_a_law(narrow), _through_mu_law(narrow))
    wide = torch.zeros(len(samples), size // 2 + 1, dtype=torch.complex64)
    wide[:, : size // 4 + 1] = torch.fft.rfft(narrow) * 2
    return torch.fft.irfft(wide, size)


def _through_mu_law(samples: torch.Tensor) -> torch.Tensor:
    """ITU-T G.711 mu-law as its continuous curve, rounded to 8 bits, and back."""
    code = samples.sign() * torch.log1p(MU * samples.abs()) / math.log1p(MU)
    code = (code * 127).round() / 127
    return code.sign() * (torch.exp(code.abs() * math.log1p(MU)) - 1) / MU


def _through_a_law(samples: torch.Tensor) -> torch.Tensor:
    """ITU-T G.711 A-law as its continuous curve, rounded to 8 bits, and back."""
    scale = 1 + math.log(A)
    size = samples.abs()
    code = torch.where(size < 1 / A, A * size, 1 + torch.log((A * size).clamp(min=1))) / scale
    code = ((code * 127.5 - 0.5).round() + 0.5) / 127.5 * scale
    size = torch.where(code < 1, code / A, torch.exp(code - 1) / A)
    return torch.where(samples < 0, -size, size)


def _noise(samples: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """White noise of -85 to -40 dBFS, on a fifth of the windows none; sometimes mains hum."""
    shape = (len(samples), 1)
    level = 10 ** (rng.uniform(-85, -40, shape) / 20) * (rng.random(shape) > CLEAN_SHARE)
    hum = 10 ** (rng.uniform(-80, -45, shape) / 20) * (rng.random(shape) < HUM_SHARE)
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    white = torch.randn(samples.shape, generator=generator)
    seconds = torch.arange(samples.shape[1]) / SAMPLE_RATE_HZ
    mains = torch.sin(2 * math.pi * float(rng.choice((50, 60, 100))) * seconds)
    return white * torch.from_numpy(level).float() + mains * torch.from_numpy(hum).float()


def _colour(samples: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Draw a smooth gain over frequency: a line's or a microphone's colour."""
    points = 9
    gain_db = torch.from_numpy(rng.normal(0, 4, (len(samples), 1, points)).astype("float32"))
    bins = samples.shape[1] // 2 + 1
    curve = torch.nn.functional.interpolate(gain_db, bins, mode="linear", align_corners=True)
    return 10 ** (curve[:, 0] / 20)


def _filter(samples: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    return torch.fft.irfft(torch.fft.rfft(samples) * gain, samples.shape[1])
