"""Callers: they submit, ask again when no answer comes, upload, and change their minds at the worst moments."""

import heapq
from typing import TYPE_CHECKING, Any

from sim.actors import requests
from sim.asks import Upload, Wait
from sim.plan import CallPlan, Moment, Strike
from sim.running import Script
from sim.services.bucket import BUCKET

from shared.errors.jobs import JobError
from shared.errors.requests import RequestError
from shared.errors.transient import TransientError
from shared.ids import derived_id
from shared.job import Audio, Job, Lane, Retention, Row, audio_key
from shared.protocol.creating import IdempotencyKey

if TYPE_CHECKING:
    from sim.schedule import Schedule

PATIENCE_S = 30.0
MOST_TRIES = 4
LATEST_S = 7_200.0
"""So long after the healing callers change their minds no more, so that an end comes."""
SIZE_BYTES = 8
TEMPLATE = Job(
    tenant="",
    id="",
    reference="crm-1",
    metadata={"a": "b"},
    params_hash="0" * 64,
    audio=Audio(source="upload", bucket=BUCKET, key="", size_bytes=SIZE_BYTES),
    audio_s=60.0,
    retention=Retention(audio_days=30, transcript_days=60),
    created_at=0.0,
)


class Callers:
    """All callers of a schedule."""

    def __init__(self, schedule: "Schedule") -> None:
        self.schedule = schedule
        self.plans: dict[str, CallPlan] = {}
        """The plan of each job, by its id."""
        self.client = schedule.process("caller", "caller")
        self._due: list[tuple[int, int, str, CallPlan]] = []
        self._seen: set[tuple[int, Moment]] = set()
        self._ids: dict[int, str] = {}
        self._requests = 0

    def begin(self) -> None:
        for plan in self.schedule.plan.calls:
            self.schedule.runner.spawn(self.client, f"call-{plan.number}", self.call(plan), plan.starts_after_s)

    def call(self, plan: CallPlan) -> Script:
        """Submit until an answer comes, bring the audio, say so."""
        job: Job | None = None
        for _ in range(MOST_TRIES):
            box = self.ask("submit", self.submitting(plan))
            yield Wait(PATIENCE_S * self.schedule.chance.random())
            if box:
                job = box[0]
                break
        if job is None:
            return
        self.schedule.world.outside.answered(f"{plan.number}", job)
        if plan.comes == "upload":
            yield Wait(plan.upload_after_s)
            yield from self.bring(plan, job)

    def bring(self, plan: CallPlan, job: Job) -> Script:
        yield Upload(job.audio.key, self.audio(plan))
        if plan.completes:
            self.ask("complete", lambda process: requests.complete(job.tenant, job.id, process))

    def audio(self, plan: CallPlan) -> bytes:
        return f"audio-{plan.number:02}".encode()[: SIZE_BYTES - (not plan.is_as_declared)]

    def submitting(self, plan: CallPlan) -> Any:
        """A submission: each has a new id, and the same key."""
        self._requests += 1
        now = self.schedule.clock.t
        job_id = derived_id("job", now, f"{plan.number}/{self._requests}")
        self.plans[job_id] = plan
        job = self.job(plan, job_id, now)
        known_by = IdempotencyKey(plan.tenant, "POST /v1/jobs", f"key-{plan.number}", f"request-{plan.number}")
        audio = self.audio(plan) if plan.comes == "inline" else None
        return lambda process: requests.accept(job, known_by, audio, process)

    def job(self, plan: CallPlan, job_id: str, now: float) -> Job:
        days = plan.retention_days
        update = {
            "tenant": plan.tenant,
            "id": job_id,
            "lane": Lane(plan.lane),
            "audio": TEMPLATE.audio.model_copy(update={"key": audio_key(plan.tenant, job_id)}),
            "created_at": now,
            "deadline_at": None if plan.deadline_after_s is None else now + plan.deadline_after_s,
        }
        if days != TEMPLATE.retention.audio_days:
            update["retention"] = Retention(audio_days=days, transcript_days=2 * days)
        return TEMPLATE.model_copy(update=update)

    def ask(self, name: str, script_of: Any) -> list[Any]:
        """Send a request; its answer will be in the list, if one comes."""
        self._requests += 1
        process = self.schedule.process(f"{name}-{self._requests}", "request")
        box: list[Any] = []
        self.schedule.runner.spawn(process, "line", self._served(script_of(process), box))
        return box

    def _served(self, script: Script, box: list[Any]) -> Script:
        try:
            box.append((yield from script))
        except (RequestError, JobError, TransientError) as error:
            self.schedule.note("caller", f"is answered {error.code}")

    def upload(self, ask: Upload) -> Any:
        """The store takes the audio, and tells of it when and as often as it likes."""
        schedule, chance = self.schedule, self.schedule.chance
        made = schedule.world.bucket.write(ask.key, ask.body, {})
        _, tenant, job_id = ask.key.split("/")
        plan = self.plans[job_id]
        delays_s = {"on time": (1,), "late": (400,), "doubled": (1, 60), "lost": ()}[plan.event]
        for delay_s in delays_s if made else ():
            self._tell_later(tenant, job_id, delay_s * (0.5 + chance.random()))
        return made is not None

    def _tell_later(self, tenant: str, job_id: str, after_s: float) -> None:
        def tell() -> None:
            self.ask("arrived", lambda process: requests.arrived(tenant, job_id, process))

        self.schedule.clock.at(self.schedule.clock.t + after_s, tell)

    def noticed(self, old: Row | None, new: Row) -> None:
        """A row came to a moment: whoever wanted to strike then will, some steps later."""
        plan = self.plans[new["id"]]
        if old is None:
            self.schedule.world.rows.begin(new["id"], plan)
            self._ids[plan.number] = new["id"]
            self._reached(plan, "start")
        elif "tombstone" in new and "tombstone" not in old:
            self._reached(plan, "erased")
        elif old["status"] != new["status"]:
            self._reached(plan, new["status"])

    def stored(self, key: str) -> None:
        """A transcript was written."""
        self._reached(self.plans[key.split("/")[2]], "stored")

    def strike(self, steps: int) -> None:
        """Do what is to be done by this step."""
        while self._due and self._due[0][0] <= steps:
            _, _, act, plan = heapq.heappop(self._due)
            self._act(act, plan, self._ids[plan.number])

    def _reached(self, plan: CallPlan, moment: Moment) -> None:
        schedule = self.schedule
        is_late = not schedule.is_faulty and schedule.clock.t > schedule.healed_at + LATEST_S
        if is_late or (plan.number, moment) in self._seen:
            return
        self._seen.add((plan.number, moment))
        for number, strike in enumerate(plan.strikes):
            if strike.moment == moment:
                self._plan(strike, number, plan)

    def _plan(self, strike: Strike, number: int, plan: CallPlan) -> None:
        if self.schedule.is_faulty:
            at = self.schedule.runner.steps + strike.after_steps
            heapq.heappush(self._due, (at, plan.number * 10 + number, strike.act, plan))
        else:
            self._act(strike.act, plan, self._ids[plan.number])

    def _act(self, act: str, plan: CallPlan, job_id: str) -> None:
        if act == "upload":
            key = audio_key(plan.tenant, job_id)
            self.schedule.runner.spawn(self.client, "again", iter_of(Upload(key, self.audio(plan))))
        elif act == "submit":
            self.ask("submit", self.submitting(plan))
        else:
            script = getattr(requests, act)
            self.ask(act, lambda process: script(plan.tenant, job_id, process))


def iter_of(ask: Any) -> Script:
    yield ask
