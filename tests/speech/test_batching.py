"""A window's words depend on the window alone: the promise, and the defect that it is kept against."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from worker.speech.engine import decoding, words
from worker.speech.engine.batch import hear
from worker.speech.engine.values import Election, Parcel
from worker.speech.language import LanguageRules, vote
from worker.speech.language import ballots as ballots_of

COMPANY = 30
FULL = [1000] * 24  # what counts is that all rows say the same; 10 s align three times as fast as 30


@pytest.fixture(scope="module")
def companies():
    rng = np.random.default_rng(11)
    return [rng.choice(24, rng.integers(2, 9), replace=False).tolist() for _ in range(COMPANY)]


@pytest.fixture(scope="module")
def rows_and_texts(rows):
    rng = np.random.default_rng(12)
    return rows, [rng.integers(0, 300, 1 + 59 * index // 23).tolist() for index in range(24)]


def _differing(model, cases, companies, align):
    """Count the rows of all companies whose alignment differs from the one they get alone."""
    rows, texts, frames = cases
    outputs = np.asarray(decoding.encode(model, rows)).copy()

    def met(batch, way):
        encoded = decoding.StorageView.from_array(np.ascontiguousarray(outputs[batch]))
        return [
            found.alignments
            for found in way(model, encoded, "fr", [texts[i] for i in batch], [frames[i] for i in batch])
        ]

    alone = {i: met([i], words.align_rows)[0] for i in sorted(set(itertools.chain(*companies)))}
    return sum(found != alone[i] for batch in companies for i, found in zip(batch, met(batch, align), strict=True))


def _raw(model, encoded, language, tokens, frames):
    return model.whisper.model.align(encoded, model.tokenizer(language).sot_sequence, tokens, frames)


@pytest.mark.parametrize(("kind", "count"), [("model", COMPANY), ("exact_model", 6)])
def test_batch_mates_change_no_times(kind, count, rows_and_texts, companies, request):
    loaded = request.getfixturevalue(kind)
    mixed = [words.num_frames(1 + index % 12) for index in range(24)]

    equal = _differing(loaded, (*rows_and_texts, FULL), companies[:count], words.align_rows)
    unequal = _differing(loaded, (*rows_and_texts, mixed), companies[:8], words.align_rows)

    assert (equal, unequal) == (0, 0)


def test_the_defect_of_align_is_still_there(model, rows_and_texts, companies):
    """The day this fails, CTranslate2 is mended, and the rule of two calls can go."""
    assert _differing(model, (*rows_and_texts, FULL), companies[:8], _raw) > 20


def test_batch_mates_change_nothing_of_an_answer(model, rows):
    """Text, figures, times and languages, in batches of the whole way: encode, detect, generate, align."""
    parcels = [Parcel((replace(row, is_probe=index % 5 == 0),)) for index, row in enumerate(rows)]
    alone = [_told(hear(model, [parcel])[0][0]) for parcel in parcels]
    rng = np.random.default_rng(13)

    batches = [rng.permutation(24)[: rng.integers(2, 9)].tolist() for _ in range(4)]
    met = [_told(answers[0]) for batch in batches for answers in hear(model, [parcels[i] for i in batch])]

    assert len({told[0] for told in alone}) > 12
    assert met == [alone[i] for i in itertools.chain(*batches)]


def test_a_retry_does_not_depend_on_its_mates(model, rows):
    parcels = [Parcel((replace(row, rung=1),)) for row in rows[:6]]

    together = hear(model, parcels)

    assert [_told(answers[0]) for answers in together] == [_told(hear(model, [one])[0][0]) for one in parcels]


def test_a_call_votes_and_is_decoded_in_one_batch(model, rows):
    rules = LanguageRules(None, ("fr", "de", "it", "en"))
    probes = tuple(replace(row, language=None, is_probe=True) for row in rows[:4])

    (answers,) = hear(model, [Parcel(probes, Election(rules, {0: 20.0}))])

    ballots = ballots_of([row.window for row in probes], [heard.probabilities for heard in answers])
    verdict = vote(ballots, {0: 20.0}, rules, model.languages)
    assert {heard.row.language for heard in answers} == {verdict.language}


def test_a_row_without_text_is_left_out(model, rows):
    encoded = decoding.encode(model, rows[:3])

    found = words.align(model, encoded, [replace(row, language="fr") for row in rows[:3]], [[5, 6, 7], [], [8, 9]])

    assert [one is not None for one in found] == [True, False, True]


def _told(heard):
    """What a row's answer says, as plain values; probabilities of tokens as far as float32 can hold them."""
    times = heard.alignment and tuple(heard.alignment.alignments)
    confidences = heard.alignment and tuple(round(p, 6) for p in heard.alignment.text_token_probs)
    return heard.decoded, times, confidences, heard.probabilities, heard.row.language


def test_two_hundred_and_twenty_four_tokens_is_the_limit(model, rows):
    """`max_length` 448 means 224 new tokens: what faster-whisper computes would give half of what is asked for."""
    engine = model.whisper.model
    tokenizer = model.tokenizer("fr")

    (result,) = engine.generate(
        decoding.encode(model, rows[:1]),
        [[*tokenizer.sot_sequence, tokenizer.no_timestamps]],
        beam_size=1,
        max_length=decoding.MAX_LENGTH,
        suppress_tokens=[*model.suppressed, tokenizer.eot],
    )

    assert len(result.sequences_ids[0]) == decoding.MAX_NEW_TOKENS


def test_rows_are_padded_after_they_are_normalised(model, rows):
    """What lies behind a window's end is zero, not the level that silence would be normalised to."""
    given = []

    class Network:
        def encode(self, features):
            given.append(np.asarray(features))

    decoding.encode(replace(model, whisper=SimpleNamespace(model=Network())), rows[5:7])

    (padded,) = given
    frames = rows[5].features.shape[1]
    assert padded.shape == (2, 80, 3000)
    assert np.array_equal(padded[0][:, :frames], rows[5].features)
    assert not padded[0][:, frames:].any()
