"""Models and sounds for the tests of the speech side."""

import numpy as np
import pytest
from speech import random_model, sounds

from shared.errors.transient import ModelUnavailable
from worker.speech.engine.values import Row
from worker.speech.front.mel import LogMel
from worker.speech.model import load, shipped_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A model of random weights, int8."""
    return load(random_model.build(tmp_path_factory.mktemp("models") / "random"))


@pytest.fixture(scope="session")
def exact_model(tmp_path_factory):
    """The same weights in float32."""
    return load(random_model.build(tmp_path_factory.mktemp("models") / "exact", quantization=None), "cpu", "float32")


@pytest.fixture(scope="session")
def shipped():
    try:
        return load(shipped_model(), threads=2)
    except ModelUnavailable:
        pytest.skip("worker/models holds no trained model yet")


@pytest.fixture(scope="session")
def windows():
    """24 windows of 1 to 12 s, all different, four of them on a second channel."""
    rng = np.random.default_rng(5)
    return [sounds.window(rng, channel=int(index >= 20), index=index, duration_s=1 + index % 12) for index in range(24)]


@pytest.fixture(scope="session")
def rows(model, windows):
    """The windows as rows, French and German by turns, their spectra computed once."""
    mel = LogMel(model.mels)
    return [Row(window, mel(window.samples), ("fr", "de")[index % 2]) for index, window in enumerate(windows)]
