"""A world that is watched: what happens to jobs is told here, once, whoever made it happen.

Every end of a job is one conditional write, by a worker, a function or a caller's request. The write that was taken is
the moment to tell of it: no step has to remember to, and none is told twice.
"""

from dataclasses import dataclass
from typing import Any, Final

from shared.errors.jobs import AttemptsExhausted, InternalError, ProcessingTimeout
from shared.job import JOB_SK, Job, Key, Lane, Row, Status
from shared.observe import Observer
from shared.protocol.drive import World
from shared.protocol.intents import Changed, ChangeRow, CreateRows, Intent, Publish, PutObject, Ring
from shared.telemetry import FactName
from shared.tracing import OFF, Tracing, span

ERASURES: Final = "#ERASURES"
TRANSCRIPTS: Final = "transcripts/"
OURS: Final = frozenset({InternalError.code, AttemptsExhausted.code, ProcessingTimeout.code})
"""What a job fails of when nothing is wrong with its call."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A world, whose answers are looked at on their way back, and whose slow steps are spans of the job's trace."""

    world: World
    observer: Observer
    tracing: Tracing = OFF

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer `intent` as the world does."""
        match intent:
            case Ring(lane, tenant, job_id, trace):
                with self.tracing.span("enqueue", trace, job_id=job_id, tenant=tenant, lane=lane.value):
                    return self.world.perform(intent)
            case PutObject(key) if key.startswith(TRANSCRIPTS):
                with span("store", size_bytes=len(intent.body)):
                    return self.world.perform(intent)
            case Publish():
                with span("publish"):
                    return self.world.perform(intent)
            case _:
                return self._looked_at(intent)

    def _looked_at(self, intent: Intent[Any]) -> Any:
        """Answer, and tell what a write has changed for good; a refused one has changed nothing."""
        answer = self.world.perform(intent)
        match intent, answer:
            case CreateRows(rows), True:
                for row in (row for key, row in rows if key.sk == JOB_SK):
                    self._tell("job_submitted", row, {"lane": row.get("lane", Lane.INTERACTIVE.value)})
            case ChangeRow(key, _, sets), Changed(row) if _is_end(key, sets.get("status")):
                self._tell("job_ended", row, _ended(Job.model_validate(row)))
            case ChangeRow(key, _, {"completed_at": at}), Changed(row) if key.pk.endswith(ERASURES):
                told = {"erasure_id": row["id"], "elapsed_s": round(at - row["created_at"], 3), "jobs": row["jobs"]}
                self.observer.tell("erasure_completed", **told)
            case _:
                pass
        return answer

    def _tell(self, name: FactName, row: Row, fields: dict[str, Any]) -> None:
        self.observer.tell(name, job_id=row["id"], tenant=row["tenant"], **fields)


def _is_end(key: Key, status: object) -> bool:
    return key.sk == JOB_SK and isinstance(status, str) and Status(status).is_terminal


def _ended(job: Job) -> dict[str, Any]:
    """How a job ended, and where its time went; of a canceled one that is not asked. A code says whose fault it is."""
    code = job.error.code if job.error and job.status is Status.FAILED else None
    told = {"lane": job.lane.value, "status": job.status.value, "code": code, "attempt": job.attempts}
    fault = {"fault": "ours" if code in OURS else "caller"} if code else {}
    return {**told, **fault, **({} if job.status is Status.CANCELED else _times(job))}


def _times(job: Job) -> dict[str, float]:
    """Seconds from queued to the last claim, from there to the end, and of both; what did not happen is left out."""
    queued_at, started_at, completed_at = job.queued_at, job.started_at, job.completed_at
    spans = {
        "wait_s": (queued_at, started_at),
        "processing_s": (started_at, completed_at),
        "turnaround_s": (queued_at, completed_at),
    }
    return {name: round(max(0.0, end - begin), 3) for name, (begin, end) in spans.items() if begin and end}
