"""The call that all examples are about: fourteen seconds, two parties, one sentence that was never said."""

from api.contract.describing.examples import JOB_ID
from api.contract.listening import LegPeaks, ListeningView, PeaksView
from shared.transcript import (
    AudioFacts,
    Channel,
    Conversation,
    Evidence,
    Interruption,
    LanguageCandidate,
    Monologue,
    Processing,
    Quality,
    Suppressed,
    Transcript,
    Utterance,
    Word,
)

_SAID = (
    ("agent", (0.98, -0.16, 0.01, 0.78), "Service 0.4 0.82 0.97 commercial, 0.82 1.4 0.98 bonjour. 1.4 1.9 0.99"),
    (
        "customer",
        (0.97, -0.19, 0.02, 0.89),
        """Bonjour, 2.4 2.82 0.98 je 3.1 3.24 0.99 vous 3.24 3.46 0.99 appelle 3.46 3.9 0.97
        pour 4.16 4.4 0.98 le 4.4 4.54 0.97 devis. 4.94 5.6 0.93""",
    ),
    ("agent", (0.96, -0.14, 0.01, 0.67), "Oui, 5.1 5.4 0.95 je 5.6 5.74 0.98 regarde. 5.74 6.6 0.96"),
)


def _words(line: str) -> tuple[Word, ...]:
    """Four columns: the word, its start, its end, its confidence."""
    cells = line.split()
    rows = zip(cells[::4], cells[1::4], cells[2::4], cells[3::4], strict=True)
    return tuple(Word(word=w, start=float(s), end=float(e), confidence=float(c)) for w, s, e, c in rows)


def _utterance(number: int, speaker: str, figures: tuple[float, float, float, float], line: str) -> Utterance:
    words = _words(line)
    confidence, avg_logprob, no_speech_prob, compression_ratio = figures
    return Utterance(
        id=number,
        channel=0 if speaker == "agent" else 1,
        speaker=speaker,
        start=words[0].start,
        end=words[-1].end,
        text=" ".join(word.word for word in words),
        language="fr",
        confidence=confidence,
        flags=(),
        avg_logprob=avg_logprob,
        no_speech_prob=no_speech_prob,
        compression_ratio=compression_ratio,
        temperature=0.0,
        words=words,
    )


def _channel(index: int, role: str, speech_s: float, rms_dbfs: float) -> Channel:
    return Channel(
        index=index,
        role=role,
        status="active",
        language="fr",
        speech_s=speech_s,
        rms_dbfs=rms_dbfs,
        clipped_ratio=0.0,
        crosstalk_db=None,
    )


_UTTERANCES = tuple(_utterance(number, *said) for number, said in enumerate(_SAID))
_NEVER_SAID = Suppressed(
    channel=1,
    start=9.6,
    end=12.4,
    text="Sous-titres réalisés par la communauté d'Amara.org",
    reasons=("known_phrase", "too_fast"),
    evidence=Evidence(
        vad_speech_s=0.2,
        vad_speech_ratio=0.071,
        no_speech_prob=0.71,
        avg_logprob=-0.62,
        compression_ratio=0.87,
        chars_per_speech_s=250.0,
    ),
)
_CONVERSATION = Conversation(
    talk_s={"agent": 3.0, "customer": 3.2},
    talk_ratio={"agent": 0.484, "customer": 0.516},
    words_per_minute={"agent": 120, "customer": 131},
    turns=3,
    silence_s=8.3,
    longest_silence_s=7.4,
    overlap_s=0.5,
    longest_monologue=Monologue(speaker="customer", start=2.4, duration=3.2),
    interruptions=(Interruption(by="agent", at=5.1, overlap_s=0.5),),
)
_PROCESSING = Processing(
    model="large-v3-turbo",
    model_sha256="3efe2258484ec9b33f1170c0dae9f86f3881f35d80177c7d06d4a8c3143ffd98",
    engine="faster-whisper",
    engine_version="1.2.1",
    compute_type="int8_float16",
    device="cuda",
    options_sha256="3ef5971310c14ce80fda87f9fc02a4f2d20d4745ef7951ddf66ba3c51793aa03",
    attempt=1,
    decode_s=0.03,
    engine_s=0.41,
    worker_version="1.0.0",
)

TRANSCRIPT = Transcript(
    job_id=JOB_ID,
    revision=1,
    reference="crm-call-8841",
    created_at="2026-01-15T10:00:10.802Z",
    text=" ".join(utterance.text for utterance in _UTTERANCES),
    language="fr",
    language_confidence=0.98,
    language_candidates=(
        LanguageCandidate(language="fr", confidence=0.98),
        LanguageCandidate(language="it", confidence=0.01),
    ),
    duration=14.0,
    audio=AudioFacts(declared_duration=14.0, decoded_duration=14.0, bad_packets=0, gaps=()),
    channels=(_channel(0, "agent", 3.2, -21.4), _channel(1, "customer", 3.6, -27.9)),
    utterances=_UTTERANCES,
    suppressed=(_NEVER_SAID,),
    conversation=_CONVERSATION,
    quality=Quality(mean_confidence=0.97, low_confidence_ratio=0.0, coverage=0.971, needs_review=False),
    warnings=("text_suppressed",),
    processing=_PROCESSING,
)
INTERVAL_S = 0.05


def _peaks(channel: int) -> tuple[int, ...]:
    """Loud while a word of the leg is said, else as a quiet line is."""
    words = [word for utterance in _UTTERANCES if utterance.channel == channel for word in utterance.words]
    moments = [index * INTERVAL_S for index in range(round(TRANSCRIPT.duration / INTERVAL_S))]
    spoken = [any(word.start <= moment < word.end for word in words) for moment in moments]
    return tuple(90 + index * 37 % 120 if is_loud else index % 3 for index, is_loud in enumerate(spoken))


PEAKS = PeaksView(
    job_id=JOB_ID,
    duration=TRANSCRIPT.duration,
    interval_s=INTERVAL_S,
    channels=tuple(LegPeaks(index=leg.index, role=leg.role, peaks=_peaks(leg.index)) for leg in TRANSCRIPT.channels),
)
LISTENING = ListeningView(
    job_id=JOB_ID,
    url=f"https://calls-eu.s3.eu-west-3.amazonaws.com/audio/sales/{JOB_ID}?response-content-type=audio%2Fwav&X-Amz-Expires=3600",
    media_type="audio/wav",
    is_original=True,
    duration=TRANSCRIPT.duration,
    expires_at="2026-01-15T11:00:12.000Z",
)
