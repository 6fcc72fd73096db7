"""The table of routes: verb, path, scope, answers. Router, scope check, 405 and openapi.json all read it."""

import re
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from api.contract.jobs import JobView
from api.contract.queries import Health, JobQuery, ModelList, TranscriptQuery

Scope = Literal["jobs:write", "jobs:read", "jobs:erase", "webhooks:manage"]
ANYWHERE = ("unauthenticated", "forbidden", "not_found", "method_not_allowed", "internal_error", "unavailable")
PUBLIC = ("not_found", "method_not_allowed", "internal_error", "unavailable")
SUBMIT = (
    "malformed_request",
    "body_too_large",
    "unsupported_media_type",
    "unsupported_format",
    "validation_failed",
    "idempotency_key_reused",
    "bucket_not_allowed",
    "audio_not_found",
    "audio_access_denied",
    "audio_too_large",
    "empty_file",
)
NO_BODY = ("malformed_request", "body_too_large", "validation_failed")


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """One verb on one path; `codes` are the refusals beyond those that any route may give."""

    name: str
    verb: Literal["GET", "POST"]
    path: str
    summary: str
    scope: Scope | None
    status: int
    answer: type[BaseModel] | None
    codes: tuple[str, ...] = ()
    query: type[BaseModel] | None = None
    statuses: tuple[int, ...] = field(default=())

    @property
    def refusals(self) -> tuple[str, ...]:
        """The code of every refusal that this route may give."""
        return (*(ANYWHERE if self.scope else PUBLIC), *self.codes)


ROUTES: tuple[RouteSpec, ...] = (
    RouteSpec("submit_job", "POST", "/v1/jobs", "Submit a call", "jobs:write", 202, JobView, SUBMIT),
    RouteSpec(
        "sign_upload",
        "POST",
        "/v1/jobs/<job_id>/upload",
        "Get a fresh place to upload to",
        "jobs:write",
        200,
        JobView,
        (*NO_BODY, "state_conflict", "erased"),
    ),
    RouteSpec(
        "complete_upload",
        "POST",
        "/v1/jobs/<job_id>/upload/complete",
        "Say that the audio is there",
        "jobs:write",
        200,
        JobView,
        (*NO_BODY, "upload_missing", "erased"),
    ),
    RouteSpec(
        "read_job",
        "GET",
        "/v1/jobs/<job_id>",
        "Read a job, or wait for it",
        "jobs:read",
        200,
        JobView,
        ("erased", "validation_failed"),
        JobQuery,
        (304,),
    ),
    RouteSpec(
        "read_transcript",
        "GET",
        "/v1/jobs/<job_id>/transcript",
        "Read the transcript",
        "jobs:read",
        200,
        None,
        ("not_acceptable", "not_ready", "no_transcript", "erased", "transcript_expired", "validation_failed"),
        TranscriptQuery,
    ),
    RouteSpec("list_models", "GET", "/v1/models", "The models of this deployment", "jobs:read", 200, ModelList),
    RouteSpec("check_health", "GET", "/v1/health", "Whether the service works", None, 200, Health),
    RouteSpec("read_openapi", "GET", "/v1/openapi.json", "This description", None, 200, None),
    RouteSpec("show_docs", "GET", "/docs", "A page to try the API", None, 200, None),
)

_PATTERNS = tuple((re.compile(re.sub("<[a-z_]+>", "[^/]+", route.path) + "/*"), route) for route in ROUTES)


def routes_at(path: str) -> dict[str, RouteSpec]:
    """The routes of `path`, by verb; empty where there is none."""
    return {route.verb: route for pattern, route in _PATTERNS if pattern.fullmatch(path)}
