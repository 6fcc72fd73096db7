"""Every quarter of an hour a known call goes in through the public contract; what became of the one before is judged.

A run may last 300 s and a call may take 600, so no run waits for its own call: what links the runs is the job's
reference, which names the quarter of an hour. A deployment waits, in as many runs as it takes, under a name of its own.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.client import Client, Job, TookTooLong, Transcript, Wishes
from api.parts import Parts, production
from shared.accuracy import compare
from shared.aws.secrets import read_secret
from shared.capacity.hours import OfficeHours
from shared.errors.root import CallscribeError
from shared.settings import BadConfiguration

SLOT_S = 900
"""How often the schedule runs it."""
LIMIT_S = 600.0
"""From submission to transcript, for a call of a minute, when a worker has to be started first."""
WER_LIMIT = 0.20
"""What the demo allows an English call; the smallest bundled model stays below it."""
WATCH_S = 200.0
"""How long a run of a deployment waits: the function's 300 s, less a last long-poll, its retries and the transcript."""
CALL = Path(__file__).parents[1] / "console" / "calls" / "appointment-en.mp3"
"""190 kB, a minute, both parties on one channel; its text lies beside it."""
Kind = Literal["call", "knock", "deploy"]
Outcome = Literal["passed", "failed", "waiting"]
INACCURATE = "canary_inaccurate"
LATE = "canary_late"


class Asked(BaseModel):
    """What the schedule or a deployment sends.

    `office_hours`: while they hold, workers are up and transcribe the call; outside, or without them, it is taken back
    as soon as it is queued, so that no machine is started for it. `deploy`: a name of this deployment; the same name
    waits for the same call, whatever the hour.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    office_hours: OfficeHours | None = None
    deploy: str | None = Field(None, pattern="^[0-9A-Za-z._-]{1,80}$")

    def is_full(self, now: float) -> bool:
        """Whether a worker is to transcribe the call."""
        return self.office_hours is not None and self.office_hours.hold(now)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one call came to; `code` says why it failed.

    `wer` and `elapsed_s`, from submission to end, are known of a transcribed call alone.
    """

    kind: Kind
    outcome: Outcome
    job_id: str | None = None
    wer: float | None = None
    elapsed_s: float | None = None
    code: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """What is known, as a fact or an answer carries it."""
        known = {name: getattr(self, name) for name in ("kind", "outcome", "job_id", "wer", "elapsed_s", "code")}
        return {name: value for name, value in known.items() if value is not None}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Judge and hand in; the verdicts, for a deployment to act on."""
    parts = production()
    return run(Asked.model_validate(event), _client(), parts)


@cache
def _client() -> Client:
    """Speaks as any caller does, with a key of its own."""
    settings = production().settings
    if settings.canary_key_secret is None:
        raise BadConfiguration("CALLSCRIBE_CANARY_KEY_SECRET is missing: the canary has no key of the API.")
    return Client(settings.base_url, read_secret(settings.canary_key_secret, "CALLSCRIBE_CANARY_KEY_SECRET"))


def run(asked: Asked, client: Client, parts: Parts, watch_s: float = WATCH_S) -> dict[str, Any]:
    """Do what is asked and tell each verdict; a service that refuses has failed, the run has not."""
    verdicts = _deployed(asked.deploy, client, watch_s) if asked.deploy else _quarter(asked, client, parts.now())
    for verdict in verdicts:
        if verdict.outcome != "waiting":
            parts.observer.tell("canary_ran", **verdict.as_dict())
    return {"verdicts": [verdict.as_dict() for verdict in verdicts]}


def _quarter(asked: Asked, client: Client, now: float) -> list[Verdict]:
    slot, is_full = int(now // SLOT_S), asked.is_full(now)
    try:
        before = _judged_before(slot - 1, client, now)
        return before + (_handed_in(slot, client) if is_full else [_knocked(slot, client)])
    except CallscribeError as error:
        return [Verdict("call" if is_full else "knock", "failed", code=_code(error))]


def _deployed(name: str, client: Client, watch_s: float) -> list[Verdict]:
    """Wait for the call of this deployment; `waiting` asks to be run again."""
    try:
        job = _submit(f"canary-deploy-{name}", client)
        ended = client.finished(job.id, watch_s)
    except TookTooLong as error:
        return [Verdict("deploy", "waiting", error.job.id)]
    except CallscribeError as error:
        return [Verdict("deploy", "failed", code=_code(error))]
    return [_judged("deploy", ended, client)]


def _judged_before(slot: int, client: Client, now: float) -> list[Verdict]:
    """The call of the quarter before, if one was handed in then."""
    found = next(client.jobs(page_size=1, reference=_reference(slot)), None)
    if found is None:
        return []
    job = client.get(found.id)
    if job.is_terminal:
        return [_judged("call", job, client)]
    return [Verdict("call", "failed", job.id, elapsed_s=round(now - job.created_at.timestamp(), 1), code=LATE)]


def _handed_in(slot: int, client: Client) -> list[Verdict]:
    _submit(_reference(slot), client)
    return []


def _knocked(slot: int, client: Client) -> Verdict:
    """Hand in, see it queued, take it back."""
    job = _submit(f"canary-knock-{slot}", client)
    ended = job if job.is_terminal else client.cancel(job.id)
    return Verdict("knock", "failed" if ended.status == "failed" else "passed", job.id, code=_ended_for(ended))


def _submit(reference: str, client: Client) -> Job:
    """A run that is repeated finds its own call: the reference is the idempotency key."""
    wishes = Wishes(reference=reference, tags=["canary"], language="en", audio_days=1, transcript_days=1)
    return client.submit(CALL, wishes, idempotency_key=reference)


def _reference(slot: int) -> str:
    return f"canary-{slot}"


def _judged(kind: Kind, job: Job, client: Client) -> Verdict:
    """Right words, and in time."""
    if job.status != "completed" or job.completed_at is None:
        return Verdict(kind, "failed", job.id, code=_ended_for(job) or job.status)
    wer = _wer(client.transcript(job.id))
    elapsed_s = round((job.completed_at - job.created_at).total_seconds(), 1)
    code = INACCURATE if wer > WER_LIMIT else LATE if elapsed_s > LIMIT_S else None
    return Verdict(kind, "failed" if code else "passed", job.id, round(wer, 4), elapsed_s, code)


def _ended_for(job: Job) -> str | None:
    return job.error.code if job.error else None


class _Leg(BaseModel):
    text: str


class _Said(BaseModel):
    channels: tuple[_Leg, ...]


def _wer(transcript: Transcript) -> float:
    said = _Said.model_validate_json(CALL.with_suffix(".json").read_text("utf-8"))
    return compare(said.channels[0].text, transcript.text).wer


def _code(error: CallscribeError) -> str:
    """The service's own word where there is one."""
    return str(getattr(error, "problem", error.code))
