"""When the times of a word count as mended: not before a listener would miss it."""

from types import SimpleNamespace

import numpy as np
import pytest

from worker.speech.engine.words import timed
from worker.speech.front.vad import SAMPLE_RATE_HZ, Span
from worker.speech.windows import pack

TOKENIZER = SimpleNamespace(
    eot=9, split_to_word_tokens=lambda _: ([" one", " two", " three", "<end>"], [[1], [2], [3], [9]])
)


def _words(*starts_s):
    """Three words whose steps are told by their starts and the last one's end."""
    steps = [(token, round(start_s * 50)) for token, start_s in enumerate(starts_s)]
    length = 4 * SAMPLE_RATE_HZ
    (window,) = pack(0, np.zeros(length, np.int16), [Span(0, length)])
    alignment = SimpleNamespace(alignments=steps, text_token_probs=[0.9, 0.9, 0.9])
    (words,) = timed(TOKENIZER, [1, 2, 3], alignment, window)
    return words


@pytest.mark.parametrize(("end_s", "is_mended"), [(1.4, False), (2.5, True)])
def test_a_word_shares_the_time_of_its_neighbour(end_s, is_mended):
    one, two, three = _words(0.0, 0.5, 0.5, end_s)

    assert (one.end_ms, two.start_ms, three.end_ms) == (500, 500, end_s * 1000)
    assert [one.is_mended, two.is_mended, three.is_mended] == [False, is_mended, is_mended]
