"""The lean spectrum against faster-whisper's own."""

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from speech import sounds

from worker.speech.front.blas import one_thread
from worker.speech.front.mel import FRAMES, LogMel

LENGTHS = [512, 8000, 8001, 8159, 8160, 40_000, 112_033, 479_999, 480_000]


@pytest.fixture(scope="module")
def samples():
    return sounds.chirps(np.random.default_rng(3), 30).astype(np.float32) / 32768


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize("length", LENGTHS)
def test_the_spectrum_is_that_of_faster_whisper(samples, mels, length):
    spectrum = LogMel(mels)(samples[:length])

    expected = FeatureExtractor(feature_size=mels)(samples[:length])[:, :FRAMES]
    assert spectrum.dtype == np.float32
    assert spectrum.shape == expected.shape
    assert np.abs(spectrum - expected).max() <= 1e-6


def test_silence_has_a_spectrum():
    spectrum = LogMel(80)(np.zeros(16_000, np.float32))

    assert spectrum.shape == (80, 101)
    assert np.ptp(spectrum) == 0


def test_matrix_products_stay_on_one_thread():
    """Where numpy's library cannot be told so, VAD and spectra cost many times as much on a busy machine."""
    assert one_thread()
