"""Use cases: forget one job, or all jobs of a person, a reference or a batch, and show the receipt."""

from api.access.principal import Principal
from api.access.pseudonyms import pseudonym
from api.contract.erasures import ErasureRequest, ErasureView
from api.contract.reading.bodies import Incoming, read_body, refuse_content
from api.parts import Created, Parts
from shared.erasure import Erasure, Scope
from shared.errors.requests import NotFound
from shared.event import instant
from shared.ids import is_id, new_id
from shared.job import Job, Key, called
from shared.protocol import creating
from shared.protocol.creating import Birth
from shared.protocol.drive import drive
from shared.protocol.erasing import advance, erase, new_erasure
from shared.protocol.intents import ReadRow

ROUTE = "POST /v1/erasures"


def erase_job(job_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> ErasureView:
    """Forget a job, whatever its status; asked again, the receipt is the same.

    Raises:
        NotFound: unknown, another tenant's, or forgotten a year ago.
    """
    row = parts.world.perform(ReadRow(Key.of_job(principal.tenant, job_id))) if is_id("job", job_id) else None
    if row is None:
        raise NotFound
    refuse_content(incoming)
    job = Job.model_validate(row)
    erasure = drive(erase(job, parts.now(), parts.settings.base_url), parts.world)
    if job.tombstone is None or job.tombstone.reason != "erased":
        _tell(erasure, parts, job.id)
    return _shown(erasure)


def create(incoming: Incoming, principal: Principal, parts: Parts) -> Created[ErasureView]:
    """Forget all jobs that the request names: the first of them at once, the rest by the reconciler."""
    asked, fingerprint = read_body(ErasureRequest, incoming)
    known_by = incoming.known_by(principal.tenant, ROUTE, fingerprint)
    now, tenant = parts.now(), principal.tenant
    erasure = new_erasure(tenant, new_id("era", now), _scope(asked, tenant, parts.settings.subject_key), now)
    born = Birth(erasure.id, ((erasure.row_key, erasure.row),), now)
    made = drive(creating.create(born, known_by), parts.world)
    if made == erasure.id:
        drive(advance(erasure.row_key, now, parts.settings.base_url), parts.world)
        _tell(_receipt(made, tenant, parts), parts)
    return Created(read(made, principal, parts), f"/v1/erasures/{made}", replayed=made != erasure.id)


def read(erasure_id: str, principal: Principal, parts: Parts) -> ErasureView:
    """Show a receipt.

    Raises:
        NotFound: unknown, or another tenant's.
    """
    return _shown(_receipt(erasure_id, principal.tenant, parts))


def _scope(asked: ErasureRequest, tenant: str, key: str) -> Scope:
    """By what the jobs of the request are found; the name of a person is not kept."""
    if asked.subject_ref is not None:
        return Scope(kind="subject_hmac", value=pseudonym(asked.subject_ref, tenant, key) or "")
    if asked.reference is not None:
        return Scope(kind="called", value=called(tenant, asked.reference))
    return Scope(kind="batch_id", value=asked.batch_id or "")


def _receipt(erasure_id: str, tenant: str, parts: Parts) -> Erasure:
    row = parts.world.perform(ReadRow(Key.of_erasure(tenant, erasure_id))) if is_id("era", erasure_id) else None
    if row is None:
        raise NotFound
    return Erasure.model_validate(row)


def _tell(erasure: Erasure, parts: Parts, job_id: str | None = None) -> None:
    named = {"job_id": job_id, "erasure_id": erasure.id, "tenant": erasure.tenant}
    counts = {"jobs": erasure.jobs, "versions": erasure.object_versions_deleted, "status": erasure.status}
    parts.observer.tell("job_erased" if job_id else "erasure_advanced", **named, **counts)


def _shown(erasure: Erasure) -> ErasureView:
    return ErasureView(
        id=erasure.id,
        status=erasure.status,
        jobs=erasure.jobs,
        object_versions_deleted=erasure.object_versions_deleted,
        created_at=instant(erasure.created_at),
        completed_at=None if erasure.completed_at is None else instant(erasure.completed_at),
        swept_at=tuple(instant(moment) for moment in erasure.swept_at),
    )
