"""The parts of the document, each from what the worker holds. No decisions but the flags of an utterance."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from shared import transcript as document
from worker.audio.channels import Leg
from worker.audio.recording import Recording
from worker.speech.guard import Suppressed
from worker.speech.language import Verdict
from worker.speech.spoken import Utterance, compression_ratio
from worker.text.bleed import is_bleed
from worker.text.findings import Findings

LOW_CONFIDENCE = 0.6  # chosen


def candidates(verdict: Verdict | None) -> Iterator[document.LanguageCandidate]:
    """Give the languages that were voted on, best first."""
    for language, share in verdict.ranking if verdict else ():
        yield document.LanguageCandidate(language=language, confidence=share)


def audio(recording: Recording) -> document.AudioFacts:
    """Give what decoding found."""
    return document.AudioFacts(
        declared_duration=recording.declared_duration_s,
        decoded_duration=recording.duration_s,
        bad_packets=recording.bad_packets,
        gaps=tuple(document.Gap(start=gap.start_s, end=gap.end_s) for gap in recording.gaps),
    )


def channel(leg: Leg, findings: Findings) -> document.Channel:
    """Describe one leg."""
    spans = findings.spans.get(leg.index, ())
    return document.Channel(
        index=leg.index,
        role=leg.role,
        status=leg.status,
        language=findings.verdict.by_channel.get(leg.index) if findings.verdict else None,
        speech_s=sum(span.duration_s for span in spans),
        rms_dbfs=leg.rms_dbfs,
        clipped_ratio=leg.clipped_ratio,
        crosstalk_db=leg.crosstalk_db,
    )


def utterance(
    number: int, entry: Utterance, names: Mapping[int, str | None], legs: Sequence[Leg]
) -> document.Utterance:
    """Give one utterance, with the flags that its words, its level and its times earn."""
    words = tuple(
        document.Word(word=word.text, start=word.start_ms / 1000, end=word.end_ms / 1000, confidence=word.confidence)
        for word in entry.words
    )
    confidence = round(fmean(word.confidence for word in words), 2)
    flags = {
        "bleed_suspected": is_bleed(entry, legs),
        "times_repaired": entry.is_mended,
        "low_confidence": confidence < LOW_CONFIDENCE,
    }
    return document.Utterance(
        id=number,
        channel=entry.channel,
        speaker=names[entry.channel],
        start=entry.start_ms / 1000,
        end=entry.end_ms / 1000,
        text=entry.text,
        language=entry.language,
        confidence=confidence,
        flags=tuple(flag for flag, is_given in flags.items() if is_given),
        avg_logprob=entry.figures.avg_logprob,
        no_speech_prob=entry.figures.no_speech_prob,
        compression_ratio=compression_ratio(entry.text),
        temperature=entry.figures.temperature,
        words=words,
    )


def in_order(entries: Sequence[Suppressed]) -> list[Suppressed]:
    """Put what was suppressed in the order of the call."""
    return sorted(entries, key=lambda entry: (entry.utterance.start_ms, entry.utterance.channel))


def suppressed(entry: Suppressed) -> document.Suppressed:
    """Give one suppressed text with its evidence."""
    return document.Suppressed(
        channel=entry.utterance.channel,
        start=entry.utterance.start_ms / 1000,
        end=entry.utterance.end_ms / 1000,
        text=entry.utterance.text,
        reasons=entry.reasons,
        evidence=document.Evidence(
            vad_speech_s=entry.evidence.vad_speech_s,
            vad_speech_ratio=entry.evidence.vad_speech_ratio,
            no_speech_prob=entry.evidence.no_speech_prob,
            avg_logprob=entry.evidence.avg_logprob,
            compression_ratio=entry.evidence.compression_ratio,
            chars_per_speech_s=entry.evidence.chars_per_speech_s,
        ),
    )
