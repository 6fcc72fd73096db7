"""Voice activity: the network's probabilities, and the spans made of them."""

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from speech import sounds

from worker.speech import vad
from worker.speech.features import features


@pytest.mark.parametrize("length", [1000, 3 * vad.SLICE, 2 * vad.SLICE + 700])
def test_slices_hear_what_the_whole_hears(length):
    """All but the last frame, whose end faster-whisper overwrites with zeros."""
    samples = sounds.chirps(np.random.default_rng(1), 30)[:length]
    whole = np.pad(samples, (0, -length % 512)).astype(np.float32) / 32768

    probabilities = vad.speech_probabilities(samples)

    assert np.allclose(probabilities[:-1], np.asarray(get_vad_model()(whole)).reshape(-1)[:-1], atol=1e-5)


def test_silence_holds_no_speech():
    assert vad.speech_spans(np.zeros(160_000, np.int16)) == ()
    assert vad.speech_spans(np.zeros(0, np.int16)) == ()


def test_a_short_silence_does_not_end_speech():
    probabilities = np.array([0.9] * 10 + [0.1] * 5 + [0.9] * 10 + [0.1] * 6 + [0.9] * 4, np.float32)

    assert vad._runs(probabilities) == [(0, 25), (31, 35)]


def test_speech_goes_on_until_it_is_surely_over():
    probabilities = np.array([0.4, 0.6, 0.4, 0.36, 0.34, 0.45, 0.1], np.float32)

    assert vad._runs(probabilities) == [(1, 4)]


def test_endless_speech_is_cut_at_its_quietest_point():
    probabilities = np.full(2000, 0.9, np.float32)
    probabilities[850] = 0.5

    cuts = list(vad._cut((0, 2000), probabilities))

    assert cuts[0] == (0, 850)
    assert [first for first, _last in cuts[1:]] == [last for _first, last in cuts[:-1]]
    assert max(last - first for first, last in cuts) <= vad.MAX_SPAN_FRAMES


def test_features_are_padded_after_they_are_normalised(model, windows, heard):
    alone = features(model, windows[5:6])

    frames = round(windows[5].duration_s * 100)
    assert heard.shape == (24, 80, 3000)
    assert np.array_equal(alone[0], heard[5])
    assert not heard[5][:, frames + 2 :].any()
