"""One call from its bytes to its transcript, as a straight line. Claims, stores and events stand elsewhere."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Protocol

from shared.errors.jobs import WarningIsFailure
from shared.job import ChannelOptions, Options
from shared.protocol.intents import Transcribed
from worker.audio.channels import ChannelRules, Leg, Separated, separate
from worker.audio.recording import Recording
from worker.speech.engine import Call, Engine, Recognition
from worker.speech.front.turns import Pace, Turns
from worker.speech.front.vad import Span, speech_spans
from worker.speech.guard import Judged, judge
from worker.speech.language import LanguageRules, Verdict
from worker.speech.progress import Progress
from worker.speech.windows import Packing, Window, pack
from worker.text.assemble import assemble
from worker.text.coverage import coverage, uncovered
from worker.text.findings import Findings, Order
from worker.text.merge import utterances
from worker.text.missed import alone, replaced

__all__ = ["Order", "Transcriber"]

AUTO = "auto"
Spans = Mapping[int, tuple[Span, ...]]


class Decodes(Protocol):
    """What reads a recording: `worker.audio.decode.Decoder`."""

    def decode(self, audio: BinaryIO) -> Recording:
        """Read the bytes as uploaded.

        Raises:
            JobError: the recording cannot be used; repeating does not help.
        """
        ...


@dataclass(frozen=True, slots=True)
class Transcriber:
    """Makes transcripts. Any number of threads may share it: each waits for the one engine.

    Attributes:
        decoder: reads recordings.
        engine: started.
        fallback_language: what a call is taken for whose language cannot be told; None for the likeliest.
        turns: whose slice of voice activity detection or spectrum is next on the CPU.
        decodings: how many recordings may be decoded at a time.
    """

    decoder: Decodes
    engine: Engine
    fallback_language: str | None = None
    turns: Turns = field(default_factory=lambda: Turns(1))
    decodings: Turns = field(default_factory=lambda: Turns(2))

    def transcribe(self, audio: BinaryIO, order: Order, progress: Progress) -> Transcribed:
        """Transcribe one call.

        Args:
            audio: the bytes as uploaded, from their start.
            order: the job, its options, and what the document says of them.
            progress: is told stage and seconds of speech; its `abandon` ends the work.

        Raises:
            JobError: the call cannot be transcribed, or has a warning of `options.fail_on`.
            TransientError: the engine failed, or the job was abandoned; another attempt may succeed.
        """
        progress.enter("decoding")
        with self.decodings.turn(order.lane):
            started_s = time.monotonic()
            recording = self.decoder.decode(audio)
        decode_s = time.monotonic() - started_s
        progress.audio_s = recording.duration_s
        pace = Pace(self.turns, order.lane, progress)
        separated = _separated(recording, order.options)
        _refuse(order.options, (*recording.warnings, *separated.warnings))
        spans = {leg.index: speech_spans(leg.samples, pace) for leg in separated.legs if leg.status != "silent"}
        progress.enter("transcribing")
        progress.expect(sum(span.duration_s for own in spans.values() for span in own))
        recognition, judged = self._recognised(separated.legs, spans, order.options, pace)
        verdict = recognition.verdict if recognition else None
        findings = Findings(
            recording=recording,
            legs=separated.legs,
            spans=spans,
            verdict=verdict,
            judged=judged,
            warnings=_warnings(recording, separated, verdict),
            decode_s=decode_s,
            engine_s=recognition.engine_s if recognition else 0.0,
        )
        transcript = assemble(order, findings, self.engine.model)
        _refuse(order.options, transcript.warnings)
        return Transcribed(transcript, _facts(recording))

    def _recognised(
        self, legs: Sequence[Leg], spans: Spans, options: Options, pace: Pace
    ) -> tuple[Recognition | None, Judged]:
        """Have the engine hear the call, and what it seems to have missed once more."""
        windows = _windows(legs, spans, self.engine.model.packing)
        if not windows:
            return None, Judged((), ())
        rules = _language_rules(options, self.fallback_language)
        recognition = self.engine.transcribe(Call(windows, rules, pace))
        judged = judge(utterances(recognition.segments), spans)
        again = alone(uncovered(judged.kept, spans), windows)
        if not again:
            return recognition, judged
        second = self.engine.transcribe(Call(again, rules, pace, recognition.verdict))
        segments = replaced(recognition.segments, second.segments, again)
        both = Recognition(segments, recognition.verdict, recognition.engine_s + second.engine_s)
        return both, max(judged, judge(utterances(segments), spans), key=lambda one: coverage(one.kept, spans) or 0.0)


def _separated(recording: Recording, options: Options) -> Separated:
    """Tell the parties apart; the default roles, which nobody asked for, are no reason to warn."""
    asked = options.channels
    separated = separate(recording, ChannelRules(asked.mode, {int(index): role for index, role in asked.roles.items()}))
    if asked.roles != ChannelOptions().roles:
        return separated
    return replace(separated, warnings=tuple(code for code in separated.warnings if code != "roles_not_applied"))


def _language_rules(options: Options, fallback: str | None) -> LanguageRules:
    hint = None if options.language == AUTO else options.language
    return LanguageRules(hint, options.language_candidates, fallback)


def _windows(legs: Sequence[Leg], spans: Spans, packing: Packing) -> tuple[Window, ...]:
    packed = (pack(leg.index, leg.samples, spans[leg.index], packing) for leg in legs if leg.index in spans)
    return tuple(window for own in packed for window in own)


def _facts(recording: Recording) -> dict[str, Any]:
    return {
        "duration_s": recording.duration_s,
        "sample_rate_hz": recording.source_sample_rate_hz,
        "channels": int(recording.samples.shape[0]),
        "codec": recording.codec,
    }


def _warnings(recording: Recording, separated: Separated, verdict: Verdict | None) -> tuple[str, ...]:
    return (*recording.warnings, *separated.warnings, *(verdict.warnings if verdict else ()))


def _refuse(options: Options, warnings: Sequence[str]) -> None:
    """Fail on the first warning that the caller does not want to live with."""
    for warning in warnings:
        if warning in options.fail_on:
            raise WarningIsFailure(warning)
