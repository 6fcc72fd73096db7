"""What is no speech becomes no text: the shipped model, through the whole line, on sounds of a telephone."""

import pytest
from corpus.listening import NO_SPEECH, listener
from corpus.listing import CORPUS

from shared.errors.transient import ModelUnavailable

QUICK = [entry.number for entry in CORPUS if entry.number in NO_SPEECH and not entry.slow]


@pytest.fixture(scope="module")
def heard(library):
    """The transcript of an entry, by its number."""
    entries = {entry.number: entry for entry in CORPUS}

    def transcript(number):
        with library.open(entries[number]) as file:
            return engine.transcript(file)

    try:
        with listener() as engine:
            yield transcript
    except ModelUnavailable:
        pytest.skip("worker/models holds no trained model yet")


@pytest.mark.parametrize("number", QUICK)
def test_what_is_no_speech_becomes_no_text(heard, number):
    transcript = heard(number)

    assert (transcript.text, transcript.utterances) == ("", ())
    assert "no_speech" in transcript.warnings or "text_suppressed" in transcript.warnings


def test_a_tenth_of_a_second_completes(heard):
    transcript = heard("87")

    assert transcript.duration == pytest.approx(0.1)
    assert len(transcript.text.split()) <= 1


def test_a_dead_leg_is_named_and_the_other_heard(heard):
    transcript = heard("88")

    assert "channel_silent" in transcript.warnings
    assert [channel.status for channel in transcript.channels] == ["active", "silent"]
