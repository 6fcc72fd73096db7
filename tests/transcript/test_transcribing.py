"""The straight line from bytes to transcript, with real separation, real VAD and a scripted engine."""

import io

import numpy as np
import pytest
from transcript.scripted import RATE, Decoded, ScriptedEngine, order, two_parties

from shared.errors.jobs import InternalError, WarningIsFailure
from shared.errors.transient import LeaseLost
from worker.audio.recording import Gap
from worker.speech.engine import Recognition
from worker.speech.language import Verdict
from worker.speech.progress import Progress
from worker.text.invariants import broken
from worker.transcribe import Transcriber


@pytest.fixture
def call():
    return two_parties()


def _transcribed(decoder, engine, **options):
    return Transcriber(decoder, engine).transcribe(io.BytesIO(), order(**options), Progress()).transcript


def test_a_call_becomes_a_document_that_keeps_its_promises(call):
    made = _transcribed(Decoded(call), ScriptedEngine())

    assert broken(made) == ()
    assert {utterance.speaker for utterance in made.utterances} == {"agent", "customer"}
    assert (made.language, made.quality.needs_review, made.processing.attempt) == ("fr", False, 2)


def test_no_speech_spends_no_engine_time():
    engine = ScriptedEngine()
    noise = np.random.default_rng(3).integers(-600, 600, (2, 10 * RATE)).astype(np.int16)

    made = _transcribed(Decoded(noise), engine)

    assert engine.calls == []
    assert "no_speech" in made.warnings
    assert (made.text, made.language, made.quality.mean_confidence, made.quality.coverage) == ("", None, None, None)


def test_a_warning_can_be_a_failure_before_any_engine_time(call):
    engine = ScriptedEngine()

    with pytest.raises(WarningIsFailure) as failure:
        _transcribed(Decoded(call, warnings=("audio_incomplete",)), engine, fail_on=("audio_incomplete",))

    assert (failure.value.code, engine.calls) == ("audio_incomplete", [])


def test_a_warning_of_the_text_can_be_a_failure(call):
    doubtful = ScriptedEngine(verdict=_unsure())

    with pytest.raises(WarningIsFailure, match="language_low_confidence"):
        _transcribed(Decoded(call), doubtful, fail_on=("language_low_confidence",))


def _unsure():
    return Verdict("fr", 0.5, (("fr", 0.5), ("en", 0.5)), {0: "fr", 1: "fr"}, ("language_low_confidence",))


def test_a_damaged_call_asks_for_review(call):
    made = _transcribed(Decoded(call, ("audio_incomplete",), (Gap(3.0, 3.5),)), ScriptedEngine())

    assert made.quality.needs_review
    assert made.audio.model_dump()["gaps"] == ({"start": 3.0, "end": 3.5},)


def test_words_are_left_out_if_nobody_asked(call):
    made = _transcribed(Decoded(call), ScriptedEngine(), word_timestamps=False)

    assert all(utterance.words == () and utterance.text for utterance in made.utterances)
    assert made.conversation.talk_s["agent"] > 0


def test_times_outside_the_call_are_never_written(call):
    with pytest.raises(InternalError):
        _transcribed(Decoded(call), ScriptedEngine(shift_ms=20_000))


def test_an_abandoned_job_stops_before_the_engine(call):
    engine, progress = ScriptedEngine(), Progress()
    progress.abandon.set()

    with pytest.raises(LeaseLost):
        Transcriber(Decoded(call), engine).transcribe(io.BytesIO(), order(), progress)
    assert engine.calls == []


def test_the_job_learns_what_its_audio_was(call):
    made = Transcriber(Decoded(call), ScriptedEngine()).transcribe(io.BytesIO(), order(), Progress())

    assert made.facts == {"duration_s": 30.0, "sample_rate_hz": 8000, "channels": 2, "codec": "pcm_mulaw"}


def test_progress_tells_stage_and_speech(call):
    progress = Progress()

    Transcriber(Decoded(call), ScriptedEngine()).transcribe(io.BytesIO(), order(), progress)

    assert progress.standing.stage == "transcribing"
    assert progress.standing.speech_s_total > 10


def test_uncovered_speech_is_heard_once_more(call):
    """The scripted engine answers only a corner of long spans at first."""

    class Deaf(ScriptedEngine):
        def transcribe(self, asked):
            recognition = super().transcribe(asked)
            if len(self.calls) > 1:
                return recognition
            kept = tuple(segment for segment in recognition.segments if segment.channel == 1)
            return Recognition(kept, recognition.verdict, recognition.engine_s)

    engine = Deaf()
    made = _transcribed(Decoded(call), engine)

    _first, second = engine.calls
    assert second.verdict is not None
    assert {window.channel for window in second.windows} == {0}
    assert made.quality.coverage == 1.0
    assert made.processing.engine_s == 0.5


def test_bleed_is_flagged_and_kept(call):
    leaking = call.copy()
    leaking[1] += (call[0] * 0.1).astype(np.int16)

    made = _transcribed(Decoded(leaking), ScriptedEngine())

    assert "channel_bleed" in made.warnings
    suspected = [utterance for utterance in made.utterances if "bleed_suspected" in utterance.flags]
    assert suspected
    assert {utterance.channel for utterance in suspected} == {1}
    assert all(utterance.start < 8 or 15 < utterance.start < 23 for utterance in suspected)
