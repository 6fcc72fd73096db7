"""A job in hand, how far it is and what that means: values that the heartbeat and the intake look at."""

from dataclasses import dataclass
from typing import Any

from shared.job import Claim, Progress, Stage
from worker.speech.progress import Progress as Running

MULAW_STEREO_BYTES_A_S = 16_000


@dataclass(frozen=True, slots=True)
class Held:
    """One claimed job and how far it is; `since_s` is a monotonic second."""

    claim: Claim
    progress: Running
    since_s: float

    @property
    def told(self) -> dict[str, Any]:
        """What its span tells of a claim; the job's id stands at the spans that led to it."""
        job = self.claim.job
        return {"lane": job.lane.value, "fence": self.claim.fence, "attempt": job.attempts}

    @property
    def left_s(self) -> float:
        """Seconds of the call that are still to be heard; before it is decoded, what its bytes would be as mu-law."""
        known = self.progress.audio_s or self.claim.job.audio.duration_s
        audio_s = known or (self.claim.job.audio.size_bytes or 0) / MULAW_STEREO_BYTES_A_S
        return audio_s * (1 - self._done)

    @property
    def heard_s(self) -> float:
        """Seconds of the call that this claim has heard: what an earlier one had kept of it is not our speed."""
        standing = self.progress.standing
        resumed = standing.speech_s_resumed / standing.speech_s_total if standing.speech_s_total else 0.0
        return (self.progress.audio_s or 0.0) * (self._done - resumed)

    def rest_s(self, now_s: float) -> float | None:
        """Seconds the job still needs at its own pace; None while that cannot be told."""
        standing = self.progress.standing
        fresh_s = standing.speech_s_done - standing.speech_s_resumed
        left_s = standing.speech_s_total - standing.speech_s_done
        return (now_s - self.since_s) * left_s / fresh_s if fresh_s > 0 else None

    @property
    def _done(self) -> float:
        """Share of the call, 0 to 1; all of it once the transcript is being stored."""
        standing = self.progress.standing
        return 1.0 if standing.stage == Stage.STORING else standing.percent / 100


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker has done since it started: seconds of calls heard, and seconds in which it held any."""

    heard_s: float
    busy_s: float


def news_of(running: Running) -> dict[str, Any]:
    """What a heartbeat brings along: stage, length, and how much of the speech is done."""
    standing = running.standing
    news: dict[str, Any] = {"stage": standing.stage} if standing.stage else {}
    if running.audio_s is not None:
        news["audio_s"] = running.audio_s
    if standing.speech_s_total:
        progress = Progress(
            percent=standing.percent,
            speech_s_done=round(standing.speech_s_done, 3),
            speech_s_total=round(standing.speech_s_total, 3),
        )
        news["progress"] = progress.model_dump(mode="json")
    return news
