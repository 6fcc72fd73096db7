"""The body of a request: read once, in the order of the contract's checks."""

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.contract.reading import strict
from api.contract.reading.fields import MOST_NAMED, field_errors, pointer_to
from api.contract.reading.multipart import MAX_JSON_BYTES, MAX_MULTIPART_AUDIO_BYTES, read_form
from api.contract.routes.spec import RouteSpec
from api.contract.submission import Deployment, MultipartSubmission, Submission
from shared.containers import HEAD_BYTES, sniff
from shared.errors.fields import FieldError
from shared.errors.requests import (
    BodyTooLarge,
    MalformedRequest,
    UnsupportedMediaType,
    ValidationFailed,
)
from shared.protocol.creating import IdempotencyKey

MAX_MULTIPART_BYTES = MAX_MULTIPART_AUDIO_BYTES + MAX_JSON_BYTES + 4_096
M = TypeVar("M", bound=BaseModel)
_IDEMPOTENCY_KEY = re.compile("[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a POST brought."""

    content_type: str
    body: bytes
    idempotency_key: str | None

    def known_by(self, tenant: str, route: str, fingerprint: str) -> IdempotencyKey | None:
        """By what a repetition is known; the key is hashed: what callers put into it is not ours to keep."""
        key = self.idempotency_key
        return IdempotencyKey(tenant, route, hashlib.sha256(key.encode()).hexdigest(), fingerprint) if key else None


@dataclass(frozen=True, slots=True)
class Wish:
    """A valid submission: what is asked, the audio if it came along, and by what a repetition is known."""

    asked: MultipartSubmission
    audio: bytes | None
    fingerprint: str


def read_wish(incoming: Incoming, deployment: Deployment) -> Wish:
    """Read a submission.

    Raises:
        BodyTooLarge: over its limit.
        UnsupportedMediaType: neither JSON nor multipart.
        UnsupportedFormat: the audio of a multipart body is of no accepted container.
        EmptyFile: the audio of a multipart body has no bytes.
        MalformedRequest: it cannot be read.
        ValidationFailed: it can be read, and a field of it is not valid.
    """
    check_idempotency_key(incoming.idempotency_key)
    match incoming.content_type.split(";")[0].strip().lower():
        case "application/json":
            return _from_json(incoming, deployment)
        case "multipart/form-data":
            return _from_multipart(incoming, deployment)
        case _:
            raise UnsupportedMediaType


def read_body(model: type[M], incoming: Incoming, deployment: Deployment | None = None) -> tuple[M, str]:
    """Read a JSON body as `model`; beside it the fingerprint by which a repetition is known.

    Raises:
        BodyTooLarge: over its limit.
        UnsupportedMediaType: no JSON.
        MalformedRequest: it cannot be read, or the Idempotency-Key is none.
        ValidationFailed: it can be read, and a field of it is not valid.
    """
    check_idempotency_key(incoming.idempotency_key)
    if incoming.content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    if len(incoming.body) > MAX_JSON_BYTES:
        raise BodyTooLarge
    data = strict.parse(incoming.body)
    return _validated(model, incoming.body, deployment), _fingerprint(data, None)


def check_form(route: RouteSpec, incoming: Incoming) -> None:
    """Check size, type and syntax of what a route with an id takes: before it is asked whether the id exists.

    Raises:
        BodyTooLarge: over its limit.
        UnsupportedMediaType: a body is read here, and this is no JSON.
        MalformedRequest: it cannot be read.
    """
    if route.body is not None and incoming.content_type.split(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    if len(incoming.body) > MAX_JSON_BYTES:
        raise BodyTooLarge
    if incoming.body.strip():
        # What can be read and is not valid is told after it is known that the id exists.
        with suppress(ValidationFailed):
            strict.parse(incoming.body)


def refuse_content(incoming: Incoming) -> None:
    """Take an empty body or an empty object, and nothing else.

    Raises:
        ValidationFailed: names the first field: none is known here.
    """
    if len(incoming.body) > MAX_JSON_BYTES:
        raise BodyTooLarge
    fields = strict.parse(incoming.body) if incoming.body.strip() else {}
    if fields:
        raise ValidationFailed(
            tuple(
                FieldError(pointer_to([name]), "unknown_field", "Send no body here.")
                for name in islice(fields, MOST_NAMED)
            )
        )


def check_idempotency_key(key: str | None) -> None:
    """Refuse a key that is not 1 to 128 visible ASCII characters.

    Raises:
        MalformedRequest: says what a key may hold.
    """
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise MalformedRequest("Idempotency-Key takes 1 to 128 visible ASCII characters.")


def _from_json(incoming: Incoming, deployment: Deployment) -> Wish:
    asked, fingerprint = read_body(Submission, incoming, deployment)
    return Wish(asked, None, fingerprint)


def _from_multipart(incoming: Incoming, deployment: Deployment) -> Wish:
    if len(incoming.body) > MAX_MULTIPART_BYTES:
        raise BodyTooLarge
    form = read_form(incoming.body, incoming.content_type)
    sniff(form.audio[:HEAD_BYTES])
    data = strict.parse(form.job)
    return Wish(_validated(MultipartSubmission, form.job, deployment), form.audio, _fingerprint(data, form.audio))


def _validated(model: type[M], body: bytes, deployment: Deployment | None) -> M:
    try:
        return model.model_validate_json(body, context=deployment)
    except ValidationError as error:
        raise ValidationFailed(field_errors(error, model)) from error


def _fingerprint(data: dict[str, Any], audio: bytes | None) -> str:
    """By what a repetition is known: spaces and the order of names do not count."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    content = hashlib.sha256(audio).digest() if audio is not None else b""
    return hashlib.sha256(canonical + content).hexdigest()
