"""A window's words depend on the window alone: the promise, and the defect that it is kept against."""

import itertools

import numpy as np
import pytest

from worker.speech import decoding, words

COMPANY = 30
FULL = [1000] * 24  # what counts is that all rows say the same; 10 s align three times as fast as 30


@pytest.fixture(scope="module")
def companies():
    rng = np.random.default_rng(11)
    return [rng.choice(24, rng.integers(2, 9), replace=False).tolist() for _ in range(COMPANY)]


@pytest.fixture(scope="module")
def sounds_and_texts(heard):
    rng = np.random.default_rng(12)
    return heard, [rng.integers(0, 300, 1 + 59 * index // 23).tolist() for index in range(24)]


def _encoded(model, heard, batch):
    return decoding.encode(model, np.ascontiguousarray(heard[batch]))


def _differing(model, cases, companies, align):
    """Count the rows of all companies whose alignment differs from the one they get alone."""
    heard, texts, frames = cases
    outputs = np.asarray(_encoded(model, heard, list(range(24)))).copy()

    def met(batch, way):
        rows = decoding.StorageView.from_array(np.ascontiguousarray(outputs[batch]))
        return [
            found.alignments for found in way(model, rows, "fr", [texts[i] for i in batch], [frames[i] for i in batch])
        ]

    alone = {i: met([i], words.align_rows)[0] for i in sorted(set(itertools.chain(*companies)))}
    return sum(found != alone[i] for batch in companies for i, found in zip(batch, met(batch, align), strict=True))


def _raw(model, encoded, language, tokens, frames):
    return model.whisper.model.align(encoded, model.tokenizer(language).sot_sequence, tokens, frames)


@pytest.mark.parametrize(("kind", "count"), [("model", COMPANY), ("exact_model", 6)])
def test_batch_mates_change_no_times(kind, count, sounds_and_texts, companies, request):
    loaded = request.getfixturevalue(kind)
    mixed = [words.num_frames(1 + index % 12) for index in range(24)]

    equal = _differing(loaded, (*sounds_and_texts, FULL), companies[:count], words.align_rows)
    unequal = _differing(loaded, (*sounds_and_texts, mixed), companies[:8], words.align_rows)

    assert (equal, unequal) == (0, 0)


def test_the_defect_of_align_is_still_there(model, sounds_and_texts, companies):
    """The day this fails, CTranslate2 is mended, and the rule of two calls can go."""
    assert _differing(model, (*sounds_and_texts, FULL), companies[:8], _raw) > 20


def test_batch_mates_change_no_words(model, heard, windows):
    rows = [decoding.Row(("fr", "de")[index % 2], window.speech_s) for index, window in enumerate(windows)]
    alone = [decoding.generate(model, _encoded(model, heard, [i]), [rows[i]])[0].tokens for i in range(24)]
    rng = np.random.default_rng(13)

    batches = [rng.permutation(24)[: rng.integers(2, 9)].tolist() for _ in range(3)]
    met = [decoding.generate(model, _encoded(model, heard, batch), [rows[i] for i in batch]) for batch in batches]

    assert len(set(alone)) > 12
    found = [hypothesis.tokens for row in met for hypothesis in row]
    assert found == [alone[i] for i in itertools.chain(*batches)]


def test_a_row_without_text_is_left_out(model, heard, windows):
    encoded = _encoded(model, heard, [0, 1, 2])
    told = [("fr", [5, 6, 7]), ("fr", []), ("de", [8, 9])]

    found = words.aligned(model, encoded, windows[:3], told)

    assert [bool(row) for row in found] == [True, False, True]


def test_two_hundred_and_twenty_four_tokens_is_the_limit(model, heard, windows):
    """`max_length` 448 means 224 new tokens: what faster-whisper computes would give half of what is asked for."""
    engine = model.whisper.model
    tokenizer = model.tokenizer("fr")

    (result,) = engine.generate(
        _encoded(model, heard, [0]),
        [[*tokenizer.sot_sequence, tokenizer.no_timestamps]],
        beam_size=1,
        max_length=decoding.MAX_LENGTH,
        suppress_tokens=[*model.suppressed, tokenizer.eot],
    )

    assert len(result.sequences_ids[0]) == decoding.MAX_NEW_TOKENS
