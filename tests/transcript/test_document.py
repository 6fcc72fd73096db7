"""The promised document: our published example holds, its figures can be computed again, its promises are checked."""

import json
from pathlib import Path

import pytest

from shared.transcript import Transcript
from worker.speech.front.vad import Span
from worker.speech.spoken import Figures, Utterance, Word, compression_ratio
from worker.text.conversation import conversation
from worker.text.coverage import coverage
from worker.text.invariants import broken

EXAMPLE = json.loads((Path(__file__).parent / "example.json").read_text(encoding="utf-8"))
NAMES = {0: "agent", 1: "customer"}


@pytest.fixture
def example():
    return Transcript.model_validate(EXAMPLE)


def _spoken(document):
    for utterance in document.utterances:
        words = tuple(
            Word(word.word, round(word.start * 1000), round(word.end * 1000), word.confidence)
            for word in utterance.words
        )
        yield Utterance(utterance.channel, "fr", words, Figures(-0.2, 0.01, 0.0))


def test_the_example_comes_back_as_it_was(example):
    assert json.dumps(json.loads(example.model_dump_json())) == json.dumps(EXAMPLE)


def test_the_figures_of_the_example_are_true(example):
    spans = {
        0: [Span(4 * 1600, 19 * 1600), Span(51 * 1600, 68 * 1600)],
        1: [Span(24 * 1600, 58 * 1600), Span(96 * 1600, 98 * 1600)],
    }
    told = list(_spoken(example))

    assert conversation(told, NAMES, 14_000).model_dump() == example.conversation.model_dump()
    assert round(coverage(told, spans), 3) == example.quality.coverage
    assert [round(compression_ratio(u.text), 2) for u in example.utterances] == [
        u.compression_ratio for u in example.utterances
    ]
    assert [round(u.confidence, 2) for u in told] == [u.confidence for u in example.utterances]


def test_a_reader_passes_over_what_a_later_version_adds():
    assert Transcript.model_validate({**EXAMPLE, "sentiment": "calm"}).job_id == EXAMPLE["job_id"]


def test_seconds_have_three_decimals(example):
    later = {**EXAMPLE, "duration": 14.00049}

    assert Transcript.model_validate(later).duration == 14.0


def test_the_example_keeps_all_promises(example):
    assert broken(example) == ()


def _with(path, value):
    """Give the example with one value changed; `path`: keys and indices."""
    changed = json.loads(json.dumps(EXAMPLE))
    *way, last = path
    at = changed
    for key in way:
        at = at[key]
    at[last] = value
    return Transcript.model_validate(changed)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("duration",), 6.0, "times outside the call"),
        (("suppressed", 0, "end"), 9.6, "times outside the call"),
        (("text",), "Something else.", "text differs from its utterances"),
        (("utterances", 2, "start"), 0.1, "utterances out of order"),
        (("utterances", 1, "id"), 7, "utterances numbered wrongly"),
        (("utterances", 0, "words", 0, "word"), "Autre", "text differs from its words in utterance 0"),
        (("utterances", 1, "words", 6, "end"), 5.7, "a word outside in utterance 1"),
        (("utterances", 0, "words", 1, "end"), 0.82, "a word outside in utterance 0"),
        (("utterances", 0, "words", 1, "start"), 0.5, "words out of order in utterance 0"),
    ],
)
def test_a_broken_promise_is_named(path, value, fault):
    assert fault in broken(_with(path, value))
