"""The log-mel front end, equal to faster-whisper's but on batches and in torch."""

from __future__ import annotations

import numpy as np
import torch

SAMPLE_RATE_HZ = 16_000
HOP = 160
WINDOW = 400
MELS = 80


def mel_filters() -> torch.Tensor:
    """Slaney's mel filters for 80 bands to 8,000 Hz, shape (80, 201), float32."""
    linear_hz, log_from, log_step = 200 / 3, 15.0, np.log(6.4) / 27
    mels = np.linspace(0, 45.245640471924965, MELS + 2)
    edges = np.where(mels < log_from, linear_hz * mels, 1000 * np.exp(log_step * (mels - log_from)))
    bins = np.linspace(0, SAMPLE_RATE_HZ / 2, WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])[:, None]
    return torch.from_numpy(filters.astype(np.float32))


class LogMel:
    """Features of a batch of windows."""

    def __init__(self, device: torch.device) -> None:
        """Hold the filters on the device."""
        self._filters = mel_filters().to(device)
        self._window = torch.hann_window(WINDOW, device=device)

    def __call__(self, samples: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
        """Compute features and set those past each window's end to zero.

        samples: float32, (windows, samples), a multiple of 160. frames: int64, (windows,),
        the frames that have sound. Returns float32, (windows, 80, samples / 160).
        """
        padded = torch.nn.functional.pad(samples, (0, HOP))
        spectrum = torch.stft(padded, WINDOW, HOP, window=self._window, return_complex=True)
        power = torch.view_as_real(spectrum[..., : samples.shape[1] // HOP]).square().sum(-1)
        log = torch.clamp(self._filters @ power, min=1e-10).log10()
        within = torch.arange(log.shape[-1], device=log.device) < frames[:, None]
        log = torch.where(within[:, None], log, -10.0)
        log = torch.maximum(log, log.amax((1, 2), keepdim=True) - 8.0)
        return torch.where(within[:, None], (log + 4.0) / 4.0, 0.0)
