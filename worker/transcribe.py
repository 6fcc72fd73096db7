"""One call from its bytes to its transcript, as a straight line. Claims, stores and events stand elsewhere."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from shared.errors.jobs import WarningIsFailure
from shared.errors.transient import LeaseLost, TransientError
from shared.job import ChannelOptions, Options
from shared.protocol.intents import Transcribed
from shared.tracing import span
from shared.transcript import Transcript
from worker.audio.channels import ChannelRules, Leg, Separated, separate
from worker.audio.recording import Recording
from worker.listening import Making, Sound
from worker.speech.checkpoint import Maker
from worker.speech.engine import Call, Engine, Recognition
from worker.speech.front.turns import Pace, Turns
from worker.speech.front.vad import speech_spans
from worker.speech.guard import Judged, judge
from worker.speech.keeping import Keeper, Spans
from worker.speech.language import LanguageRules
from worker.speech.model import SpeechModel
from worker.speech.notes import CHECKPOINT_S
from worker.speech.progress import Progress
from worker.speech.windows import Packing, Window, pack
from worker.text.assemble import assemble
from worker.text.coverage import coverage, uncovered
from worker.text.findings import Findings, Order
from worker.text.merge import utterances
from worker.text.missed import alone, replaced
from worker.text.telling import tell_trust

__all__ = ["Order", "Transcriber"]

AUTO = "auto"


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
        checkpoint_s: most seconds of finished audio that a kill may cost; a call with less of it keeps nothing.
    """

    decoder: Decodes
    engine: Engine
    fallback_language: str | None = None
    turns: Turns = field(default_factory=lambda: Turns(1))
    decodings: Turns = field(default_factory=lambda: Turns(2))
    checkpoint_s: float = CHECKPOINT_S

    def transcribe(self, audio: BinaryIO, order: Order, progress: Progress) -> Transcribed:
        """Transcribe one call; what is listened to with it is made beside the engine's work.

        Args:
            audio: the bytes as uploaded, from their start.
            order: the job, its options, and what the document says of them.
            progress: is told stage and seconds of speech; its `abandon` ends the work.

        Raises:
            JobError: the call cannot be transcribed, or has a warning of `options.fail_on`.
            TransientError: the engine failed, or the job was abandoned; another attempt may succeed.
        """
        recording, decode_s = self._decoded(audio, order, progress)
        pace = Pace(self.turns, order.lane, progress)
        with Making(pace, order.shelf.tell) as listening:
            transcript = self._transcript(order, (recording, decode_s), pace, listening)
            return Transcribed(transcript, recording.facts, listening.result())

    def _transcript(self, order: Order, decoded: tuple[Recording, float], pace: Pace, listening: Making) -> Transcript:
        recording, decode_s = decoded
        with span("prep"):
            separated = _separated(recording, order.options)
            warnings = (*recording.warnings, *separated.warnings)
            _refuse(order.options, warnings)
            listening.start(Sound(order.job_id, recording, separated.legs))
            keeper = Keeper(order.shelf, _maker(order, self.engine.model), separated.legs, decode_s, self.checkpoint_s)
            keeper.look()
            spans = keeper.spans or _spans(separated.legs, pace)
        recognition, judged = self._recognised(self._call(keeper, spans, order.options, pace), spans)
        verdict = recognition.verdict if recognition else None
        findings = Findings(
            recording=recording,
            legs=separated.legs,
            spans=spans,
            verdict=verdict,
            judged=judged,
            warnings=(*warnings, *(verdict.warnings if verdict else ())),
            decode_s=keeper.spent_s[0] + decode_s,
            engine_s=keeper.spent_s[1] + (recognition.engine_s if recognition else 0.0),
        )
        transcript = assemble(order, findings, self.engine.model)
        _refuse(order.options, transcript.warnings)
        tell_trust(transcript, order)
        return transcript

    def _decoded(self, audio: BinaryIO, order: Order, progress: Progress) -> tuple[Recording, float]:
        """Read the recording; also say how many seconds that took."""
        progress.enter("decoding")
        with span("decode"), self.decodings.turn(order.lane):
            started_s = time.monotonic()
            recording = self.decoder.decode(audio)
        progress.audio_s = recording.duration_s
        return recording, time.monotonic() - started_s

    def _call(self, keeper: Keeper, spans: Spans, options: Options, pace: Pace) -> Call:
        """Put the speech into windows, and say which of it an earlier claim has heard."""
        pace.progress.enter("transcribing")
        windows = _windows(keeper.legs, spans, self.engine.model.packing)
        notes, heard_s = keeper.open_notes(windows, spans)
        pace.progress.expect(sum(window.speech_s for window in windows), heard_s)
        return Call(windows, _language_rules(options, self.fallback_language), pace, notes=notes)

    def _recognised(self, call: Call, spans: Spans) -> tuple[Recognition | None, Judged]:
        """Have the engine hear the call; a job that is handed back keeps what it has heard."""
        if not call.windows:
            return None, Judged((), ())
        try:
            with span("transcribe", windows=len(call.windows)):
                return self._heard(call, spans)
        except LeaseLost:
            raise
        except TransientError:
            call.notes.keep_rest()
            raise

    def _heard(self, call: Call, spans: Spans) -> tuple[Recognition, Judged]:
        """Have the engine hear the call, and what it seems to have missed once more."""
        recognition = self.engine.transcribe(call)
        judged = judge(utterances(recognition.segments), spans)
        if not (again := alone(uncovered(judged.kept, spans), call.windows)):
            return recognition, judged
        second = self.engine.transcribe(replace(call, windows=again, verdict=recognition.verdict))
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


def _maker(order: Order, model: SpeechModel) -> Maker:
    """Say who hears the call: what a checkpoint must agree with to be gone on from."""
    return Maker(
        job_id=order.job_id,
        params_hash=order.options_sha256,
        code_version=order.worker_version,
        model_sha256=model.sha256,
        engine_version=model.engine_version,
        compute_type=model.compute_type,
        device=model.device,
    )


def _spans(legs: Sequence[Leg], pace: Pace) -> Spans:
    return {leg.index: speech_spans(leg.samples, pace) for leg in legs if leg.status != "silent"}


def _windows(legs: Sequence[Leg], spans: Spans, packing: Packing) -> tuple[Window, ...]:
    packed = (pack(leg.index, leg.samples, spans[leg.index], packing) for leg in legs if leg.index in spans)
    return tuple(window for own in packed for window in own)


def _refuse(options: Options, warnings: Sequence[str]) -> None:
    """Fail on the first warning that the caller does not want to live with."""
    for warning in warnings:
        if warning in options.fail_on:
            raise WarningIsFailure(warning)
