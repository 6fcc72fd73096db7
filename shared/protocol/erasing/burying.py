"""One job is forgotten: its tombstone in one write, then everything that it held."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from shared.erasure import is_erased, kept_under, scrubbed
from shared.errors.transient import EventsUnavailable, StorageUnavailable
from shared.job import BELONGING, REVISION_SK, Failure, Job, Key, Status
from shared.protocol.announcing import announce
from shared.protocol.controlling import TRIES
from shared.protocol.intents import Answer, Changed, ChangeRow, DeleteVersions, FindRows, Found, FoundRow, Steps
from shared.protocol.working import as_seen, terminal

MOST_ANSWERS = 100
"""Ten thousand rows of one job: more than its revisions can be numbered."""


def bury(job: Job, erasure_id: str, now: float) -> Steps[tuple[Job, bool]]:
    """Set the tombstone, in one write with the end of a job that had none; whether it is our write that did it.

    Raises:
        StorageUnavailable: the row changed at each look.
    """
    for _ in range(TRIES):
        if is_erased(job):
            return job, False
        answer: Answer = yield ChangeRow(job.row_key, as_seen(job), _burial(job, erasure_id, now))
        if isinstance(answer, Changed):
            return answer.job, True
        job = answer.job or job
    raise StorageUnavailable


def destroy(job: Job, base_url: str) -> Steps[int]:
    """Delete every object of a buried job, scrub its deliveries, tell of it; how many versions there were."""
    versions = 0
    for prefix in kept_under(job.tenant, job.id):
        versions += yield DeleteVersions(prefix)
    yield from _scrub_deliveries(job)
    with suppress(EventsUnavailable):
        yield from announce(job, base_url)
    return versions


def revisions_of(tenant: str, job_id: str) -> Steps[tuple[str, ...]]:
    """The later revisions of a job, oldest first."""
    beside = FindRows(None, Key.of_job(tenant, job_id).pk, REVISION_SK, f"{REVISION_SK}~")
    found = yield from _all(beside)
    return tuple(dict.fromkeys(str(one.row["job_id"]) for one in found))


def _burial(job: Job, erasure_id: str, now: float) -> dict[str, Any]:
    ended = terminal(job, Status.FAILED, now)
    event = {**ended[f"outbox.{ended['sequence']}"], "type": "job.erased"}
    told = {name: ended[name] for name in ("sequence", "next_check_at")} | {f"outbox.{ended['sequence']}": event}
    failure = Failure(code="erased", message="erased", retryable=False, attempt=job.attempts)
    failed = {**ended, "lease_owner": None, "error": failure.model_dump(mode="json", exclude_none=True)}
    tombstone = {"reason": "erased", "at": now, "erasure_id": erasure_id}
    return {**({} if job.status.is_terminal else failed), **scrubbed(job, now), **told, "tombstone": tombstone}


def _scrub_deliveries(job: Job) -> Steps[None]:
    """Take the events of `job` out of what is still to be sent; the one that tells of its erasure does not belong."""
    for one in (yield from _all(FindRows(BELONGING, job.id))):
        yield ChangeRow(one.key, ((),), {"body": None, "erased": True})


def _all(find: FindRows) -> Steps[list[FoundRow]]:
    found: list[FoundRow] = []
    for _ in range(MOST_ANSWERS):
        answer: Found = yield find
        found += answer.rows
        if answer.last is None:
            break
        find = replace(find, low=answer.last)
    return found
