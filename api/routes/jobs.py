"""Jobs: submit, list, read, cancel, retry, erase."""

from aws_lambda_powertools.event_handler import Response

from api.contract.reading.accept import MEDIA_TYPES
from api.jobs import control, erasures, listening, listing, results, submit, uploads
from api.routes.answering import as_json, incoming, knows, parts, principal, query, router


@router.post("/v1/jobs")
def submit_job() -> Response[str]:
    """Accept a call."""
    accepted = submit.accept(incoming(), principal(), parts())
    replayed = {"Idempotency-Replayed": "true"} if accepted.replayed else {}
    return as_json(accepted.view, 202, {"Location": accepted.view.links.self, **replayed})


@router.get("/v1/jobs")
def list_jobs() -> Response[str]:
    """Show a page of jobs."""
    return as_json(listing.page(query(), principal(), parts()))


@router.get("/v1/jobs/<job_id>")
def read_job(job_id: str) -> Response[str]:
    """Show a job, or 304 if the caller has seen it so."""
    seen = results.look(job_id, query(), principal(), parts())
    headers = {"ETag": seen.etag, "Cache-Control": "private, no-cache"}
    if seen.retry_after_s is not None:
        headers["Retry-After"] = str(seen.retry_after_s)
    if knows(seen.etag):
        return Response(304, body="", headers=headers)
    return as_json(seen.view, 200, headers)


@router.delete("/v1/jobs/<job_id>")
def erase_job(job_id: str) -> Response[str]:
    """Forget a job."""
    return as_json(erasures.erase_job(job_id, incoming(), principal(), parts()), 202)


@router.post("/v1/jobs/<job_id>/upload")
def sign_upload(job_id: str) -> Response[str]:
    """Give a fresh place to upload to."""
    return as_json(uploads.sign(job_id, incoming(), principal(), parts()))


@router.post("/v1/jobs/<job_id>/upload/complete")
def complete_upload(job_id: str) -> Response[str]:
    """Take note that the audio is there."""
    return as_json(uploads.confirm(job_id, incoming(), principal(), parts()))


@router.post("/v1/jobs/<job_id>/cancel")
def cancel_job(job_id: str) -> Response[str]:
    """End a job that has not ended."""
    return as_json(control.cancel(job_id, incoming(), principal(), parts()))


@router.post("/v1/jobs/<job_id>/retry")
def retry_job(job_id: str) -> Response[str]:
    """Queue a failed or canceled job again."""
    return as_json(control.retry(job_id, incoming(), principal(), parts()), 202)


@router.get("/v1/jobs/<job_id>/transcript")
def read_transcript(job_id: str) -> Response[str]:
    """Show the transcript."""
    accept = router.current_event.headers.get("accept")
    document = results.transcript(job_id, query(), accept, principal(), parts())
    media = MEDIA_TYPES[document.format]
    charset = "" if document.format == "json" else "; charset=utf-8"
    return Response(200, media + charset, document.text, {"Vary": "Accept, Accept-Encoding"})


@router.get("/v1/jobs/<job_id>/audio")
def read_audio(job_id: str) -> Response[str]:
    """Show where the recording can be played."""
    return as_json(listening.audio(job_id, principal(), parts()))


@router.get("/v1/jobs/<job_id>/peaks")
def read_peaks(job_id: str) -> Response[str]:
    """Show how loud the call is."""
    return Response(200, "application/json", listening.peaks(job_id, principal(), parts()))


@router.post("/v1/erasures")
def create_erasure() -> Response[str]:
    """Forget all jobs of a person, a reference or a batch."""
    created = erasures.create(incoming(), principal(), parts())
    return as_json(created.view, 202, created.headers)


@router.get("/v1/erasures/<erasure_id>")
def read_erasure(erasure_id: str) -> Response[str]:
    """Show a receipt."""
    return as_json(erasures.read(erasure_id, principal(), parts()))
