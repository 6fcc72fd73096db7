"""The spectrum that the encoder hears: log mel, as faster-whisper's own extractor computes it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.speech.model import SpeechModel
from worker.speech.windows import Window

FRAMES = 3000  # 30 s in steps of 10 ms: shorter encoder input ruins short telephone utterances


def features(model: SpeechModel, windows: Sequence[Window]) -> NDArray[np.float32]:
    """Give the encoder's input for a batch of windows.

    Each window is normalised by itself and then padded with zeros, in that order: padding the audio
    instead would change the level that the normalisation works from.

    Returns:
        float32, shape (len(windows), mels, 3000), C-contiguous.
    """
    extractor = model.whisper.feature_extractor
    batch = np.zeros((len(windows), model.mels, FRAMES), np.float32)
    for row, window in zip(batch, windows, strict=True):
        spectrum = extractor(window.samples)[:, :FRAMES]
        row[:, : spectrum.shape[1]] = spectrum
    return batch
