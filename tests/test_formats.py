"""All forms of a transcript hold the same words in the same order, at times that players can show."""

import itertools
import re
from pathlib import Path

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from api.formats import as_srt, as_txt, as_vtt
from shared.transcript import Transcript, Utterance, Word

EXAMPLE = Transcript.model_validate_json((Path(__file__).parent / "transcript" / "example.json").read_bytes())


def utterance(words: list[tuple[str, float, float]], speaker: str | None = "agent", *, timed: bool = True) -> Utterance:
    made = tuple(Word(word=word, start=start, end=end, confidence=0.9) for word, start, end in words)
    return EXAMPLE.utterances[0].model_copy(
        update={
            "speaker": speaker,
            "start": words[0][1],
            "end": words[-1][2],
            "text": " ".join(word for word, _, _ in words),
            "words": made if timed else (),
        }
    )


def call(*utterances: Utterance) -> Transcript:
    return EXAMPLE.model_copy(update={"utterances": utterances})


def cues_of_vtt(text: str) -> list:
    return webvtt.from_string(text).captions


def test_txt_is_a_line_an_utterance():
    assert as_txt(EXAMPLE) == (
        "[00:00:00] agent: Service commercial, bonjour.\n"
        "[00:00:02] customer: Bonjour, je vous appelle pour le devis.\n"
        "[00:00:05] agent: Oui, je regarde.\n"
    )


def test_srt_names_the_speaker():
    cues = list(srt.parse(as_srt(EXAMPLE)))

    assert [cue.content for cue in cues][:2] == [
        "agent: Service commercial, bonjour.",
        "customer: Bonjour, je vous appelle pour le devis.",
    ]
    assert as_srt(EXAMPLE).startswith("1\n00:00:00,400 --> 00:00:01,900\n")


def test_vtt_gives_the_speaker_a_voice():
    first = cues_of_vtt(as_vtt(EXAMPLE))[0]

    assert (first.start, first.end, first.voice) == ("00:00:00.400", "00:00:01.900", "agent")


def test_text_that_looks_like_markup_is_escaped():
    text = as_vtt(call(utterance([("<b>R&D</b>", 0, 1), ("-->", 1, 2)])))

    assert "&lt;b&gt;R&amp;D&lt;/b&gt; --&gt;" in text


def test_a_mono_call_names_nobody():
    transcript = call(utterance([("Oui.", 3_661.5, 3_662)], speaker=None))

    assert as_txt(transcript) == "[01:01:01] Oui.\n"
    assert as_srt(transcript) == "1\n01:01:01,500 --> 01:01:02,000\nOui.\n\n"
    assert "\nOui.\n" in as_vtt(transcript)


def test_a_call_without_speech_is_empty():
    assert (as_txt(call()), as_srt(call()), as_vtt(call())) == ("", "", "WEBVTT\n\n")


def test_one_endless_word_is_shown_for_seven_seconds():
    assert "00:00:01,000 --> 00:00:08,000" in as_srt(call(utterance([("Ooooh", 1, 12)])))


def test_a_cue_ends_before_the_word_that_is_too_much():
    text = as_srt(call(utterance([("a" * 42, 0, 1), ("b" * 41, 1, 2), ("c", 2, 3)])))

    assert [len(cue.content) for cue in srt.parse(text)] == [len("agent: ") + 84, len("agent: c")]


words = st.lists(
    st.tuples(st.text("abcé<&,.", min_size=1, max_size=20), st.floats(0.02, 3), st.floats(0, 2)),
    min_size=1,
    max_size=40,
)


@given(words, st.booleans())
def test_formats_agree(spoken, timed):
    ends = list(itertools.accumulate(length + gap for _, length, gap in spoken))
    timed_words = [(word, end - length, end) for (word, length, _), end in zip(spoken, ends, strict=True)]
    transcript = call(utterance(timed_words, timed=timed))
    expected = transcript.utterances[0].text

    cues = list(srt.parse(as_srt(transcript)))

    assert " ".join(cue.content.removeprefix("agent: ") for cue in cues) == expected
    assert re.sub(r"^\[[\d:]+\] agent: |\n$", "", as_txt(transcript)) == expected
    unescaped = [line[9:] for line in as_vtt(transcript).splitlines() if line.startswith("<v agent>")]
    assert " ".join(unescaped).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == expected


@given(words)
def test_cues_stay_within_their_limits(spoken):
    ends = list(itertools.accumulate(length + gap for _, length, gap in spoken))
    timed_words = [(word, end - length, end) for (word, length, _), end in zip(spoken, ends, strict=True)]

    cues = list(srt.parse(as_srt(call(utterance(timed_words)))))

    assert all(len(cue.content.removeprefix("agent: ")) <= 84 for cue in cues)
    assert all((cue.end - cue.start).total_seconds() <= 7.001 for cue in cues)
    assert all(a.end <= b.start for a, b in itertools.pairwise(cues))


@pytest.mark.parametrize(
    ("seconds", "clock"), [(0.9996, "00:00:01,000"), (59.9999, "00:01:00,000"), (7_325.25, "02:02:05,250")]
)
def test_times_are_rounded_once(seconds, clock):
    assert f"{clock} --> " in as_srt(call(utterance([("a", seconds, seconds + 1)])))
