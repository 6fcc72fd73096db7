"""The document: what a worker found out about a call, in the words of the contract, its promises checked."""

from collections.abc import Sequence
from statistics import fmean

from shared import transcript as document
from shared.errors.jobs import InternalError
from worker.speech.model import ENGINE, SpeechModel
from worker.text import parts
from worker.text.conversation import conversation
from worker.text.coverage import coverage, is_low, uncovered
from worker.text.findings import Findings, Order
from worker.text.invariants import broken
from worker.text.merge import ordered, speakers

MIN_CONFIDENCE = 0.6  # chosen: under it, as with the next two, a person should look
DOUBTED_WORD = 0.5  # chosen
MAX_DOUBTED_RATIO = 0.25  # chosen
REVIEW_WARNINGS = frozenset({"audio_incomplete", "language_low_confidence", "language_mismatch", "low_coverage"})


def assemble(order: Order, findings: Findings, model: SpeechModel) -> document.Transcript:
    """Make the transcript.

    Raises:
        InternalError: it would break a promise of the contract (times, order, text against words).
    """
    kept, verdict = ordered(findings.judged.kept), findings.verdict
    names = speakers(findings.legs)
    warnings = _warnings(findings)
    told = tuple(parts.utterance(number, entry, names, findings.legs) for number, entry in enumerate(kept))
    made = document.Transcript(
        job_id=order.job_id,
        revision=order.revision,
        reference=order.reference,
        created_at=order.created_at,
        text=" ".join(entry.text for entry in told),
        language=verdict.language if verdict else None,
        language_confidence=verdict.confidence if verdict else None,
        language_candidates=tuple(parts.candidates(verdict)),
        duration=findings.recording.duration_s,
        audio=parts.audio(findings.recording),
        channels=tuple(parts.channel(leg, findings) for leg in findings.legs),
        utterances=told,
        suppressed=tuple(parts.suppressed(entry) for entry in parts.in_order(findings.judged.suppressed)),
        conversation=conversation(kept, names, round(findings.recording.duration_s * 1000)),
        quality=_quality(told, findings, warnings),
        warnings=warnings,
        processing=_processing(order, findings, model),
    )
    return _kept_promises(made, has_words=order.options.word_timestamps)


def _kept_promises(made: document.Transcript, *, has_words: bool) -> document.Transcript:
    """Check the promises, then leave out the words if nobody asked for them."""
    faults = broken(made)
    if faults:
        raise InternalError(faults=faults)
    if has_words:
        return made
    bare = tuple(utterance.model_copy(update={"words": ()}) for utterance in made.utterances)
    return made.model_copy(update={"utterances": bare})


def _warnings(findings: Findings) -> tuple[str, ...]:
    kept = findings.judged.kept
    fired = {
        "no_speech": findings.verdict is None,
        "text_suppressed": bool(findings.judged.suppressed),
        "low_coverage": bool(uncovered(kept, findings.spans)) or is_low(coverage(kept, findings.spans)),
        "times_repaired": any(utterance.is_mended for utterance in kept),
    }
    found = (*findings.warnings, *(code for code, is_given in fired.items() if is_given))
    return tuple(dict.fromkeys(found))


def _quality(told: Sequence[document.Utterance], findings: Findings, warnings: Sequence[str]) -> document.Quality:
    confidences = [word.confidence for utterance in told for word in utterance.words]
    mean = round(fmean(confidences), 2) if confidences else None
    doubted = sum(confidence < DOUBTED_WORD for confidence in confidences) / len(confidences) if confidences else None
    is_doubted = mean is not None and (mean < MIN_CONFIDENCE or (doubted or 0) > MAX_DOUBTED_RATIO)
    return document.Quality(
        mean_confidence=mean,
        low_confidence_ratio=doubted,
        coverage=coverage(findings.judged.kept, findings.spans),
        needs_review=is_doubted or not REVIEW_WARNINGS.isdisjoint(warnings),
    )


def _processing(order: Order, findings: Findings, model: SpeechModel) -> document.Processing:
    return document.Processing(
        model=model.name,
        model_sha256=model.sha256,
        engine=ENGINE,
        engine_version=model.engine_version,
        compute_type=model.compute_type,
        device=model.device,
        options_sha256=order.options_sha256,
        attempt=order.attempt,
        decode_s=findings.decode_s,
        engine_s=findings.engine_s,
        worker_version=order.worker_version,
    )
