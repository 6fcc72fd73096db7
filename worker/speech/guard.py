"""Text that the sound does not support: what is decoded again, what is suppressed, and on what evidence.

Whisper invents text where nobody speaks. What is suppressed is never dropped: it goes to `suppressed[]`
of the transcript with every reason that fires. Thresholds marked "chosen" wait for labelled real calls.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worker.speech.front.vad import Span
from worker.speech.phrases import COURTESIES, CREDITS
from worker.speech.spoken import Hypothesis, Utterance, compression_ratio

LOW_LOGPROB = -1.0
REPETITIVE = 2.4
MIN_FAST_CHARACTERS = 20  # chosen
MAX_CHARACTERS_PER_S = 35.0  # chosen
MAX_VAD_RATIO = 0.3  # chosen, as the next two: evidence E1, E2 and E3 against a known phrase
MIN_NO_SPEECH = 0.6
MAX_PHRASE_LOGPROB = -0.75
EVIDENCE_AGAINST_COURTESY = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks against an utterance. `chars_per_speech_s` is None where the VAD heard no speech at all."""

    vad_speech_s: float
    vad_speech_ratio: float
    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float
    chars_per_speech_s: float | None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An utterance that is left out of the text, and why."""

    utterance: Utterance
    reasons: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """All utterances of a call, each on one side or the other."""

    kept: tuple[Utterance, ...]
    suppressed: tuple[Suppressed, ...]


def is_silence(hypothesis: Hypothesis) -> bool:
    """Say whether the decoder itself takes the window for silence, by both of its figures."""
    no_speech, logprob = hypothesis.no_speech_prob, hypothesis.avg_logprob
    return (no_speech >= 0.8 and logprob <= -0.75) or (no_speech > 0.6 and logprob < LOW_LOGPROB)  # noqa: PLR2004 - the pair of the contract


def deserves_retry(hypothesis: Hypothesis) -> bool:
    """Say whether a window is worth another decoding: poor text that is not silence."""
    return not is_silence(hypothesis) and not _passes(hypothesis)


def best(tried: Sequence[Hypothesis]) -> int:
    """Choose between the decodings of a window: the last if it passes, else the likeliest that does not repeat."""
    if _passes(tried[-1]):
        return len(tried) - 1
    sound = [place for place, one in enumerate(tried) if not _repeats(one)]
    return max(sound or range(len(tried)), key=lambda place: tried[place].avg_logprob)


def window_reasons(hypothesis: Hypothesis) -> tuple[str, ...]:
    """Give the reasons against a window as a whole, after its last decoding."""
    fired = {"no_speech_pair": is_silence(hypothesis), "repetition": _repeats(hypothesis)}
    return tuple(reason for reason, is_given in fired.items() if is_given)


def judge(utterances: Sequence[Utterance], spans: Mapping[int, Sequence[Span]]) -> Judged:
    """Part what is kept from what is suppressed.

    Args:
        utterances: in any order; those of a doubtful window carry its reasons.
        spans: the speech of each channel, as the VAD found it.
    """
    kept: list[Utterance] = []
    suppressed: list[Suppressed] = []
    for utterance in utterances:
        evidence = weigh(utterance, spans.get(utterance.channel, ()))
        reasons = utterance.reasons + _utterance_reasons(utterance, evidence)
        if reasons:
            suppressed.append(Suppressed(utterance, reasons, evidence))
        else:
            kept.append(utterance)
    return Judged(tuple(kept), tuple(suppressed))


def weigh(utterance: Utterance, spans: Sequence[Span]) -> Evidence:
    """Gather what speaks for and against an utterance, given the speech of its channel."""
    start_s, end_s = utterance.start_ms / 1000, utterance.end_ms / 1000
    speech_s = sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in spans)
    text = utterance.text
    return Evidence(
        vad_speech_s=speech_s,
        vad_speech_ratio=speech_s / (end_s - start_s),
        no_speech_prob=utterance.figures.no_speech_prob,
        avg_logprob=utterance.figures.avg_logprob,
        compression_ratio=compression_ratio(text),
        chars_per_speech_s=len(text) / speech_s if speech_s else None,
    )


def normalised(text: str) -> str:
    """Give the words of a text alone: casefolded, without punctuation, single spaces."""
    bare = (" " if unicodedata.category(sign)[0] in "PSZC" else sign for sign in unicodedata.normalize("NFC", text))
    return " ".join("".join(bare).casefold().split())


def _utterance_reasons(utterance: Utterance, evidence: Evidence) -> tuple[str, ...]:
    fired = {"known_phrase": _is_known(utterance, evidence), "too_fast": _is_too_fast(utterance, evidence)}
    return tuple(reason for reason, is_given in fired.items() if is_given)


def _is_known(utterance: Utterance, evidence: Evidence) -> bool:
    phrase = normalised(utterance.text)
    count = sum(
        (
            evidence.vad_speech_ratio < MAX_VAD_RATIO,
            evidence.no_speech_prob >= MIN_NO_SPEECH,
            evidence.avg_logprob <= MAX_PHRASE_LOGPROB,
        )
    )
    if phrase in CREDITS:
        return count >= 1
    return phrase in COURTESIES and count >= EVIDENCE_AGAINST_COURTESY


def _is_too_fast(utterance: Utterance, evidence: Evidence) -> bool:
    rate = evidence.chars_per_speech_s
    return len(utterance.text) >= MIN_FAST_CHARACTERS and (rate is None or rate > MAX_CHARACTERS_PER_S)


def _passes(hypothesis: Hypothesis) -> bool:
    return hypothesis.avg_logprob >= LOW_LOGPROB and not _repeats(hypothesis)


def _repeats(hypothesis: Hypothesis) -> bool:
    return hypothesis.is_loop or hypothesis.compression_ratio > REPETITIVE
