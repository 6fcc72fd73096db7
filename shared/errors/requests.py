"""What a request can be refused for: one class a code of the contract; `api.contract.problems` gives the status."""

from shared.errors.fields import FieldError
from shared.errors.root import CallscribeError


class RequestError(CallscribeError):
    """A request that is answered with a problem."""


class MalformedRequest(RequestError):
    """The request cannot be parsed."""

    code = "malformed_request"
    sentence = "The request cannot be read."


class Unauthenticated(RequestError):
    """The key is missing, wrong, expired or revoked."""

    code = "unauthenticated"
    sentence = "Send a valid key: `Authorization: Bearer csk_…`."


class Forbidden(RequestError):
    """The key lacks the scope of this route."""

    code = "forbidden"
    sentence = "The key may not do this."


class NotFound(RequestError):
    """Unknown route, unknown id, no ULID, or another tenant's."""

    code = "not_found"
    sentence = "There is nothing here: the path or the id is unknown."


class MethodNotAllowed(RequestError):
    """The route exists, the method does not."""

    code = "method_not_allowed"
    sentence = "The path does not take this method."


class NotAcceptable(RequestError):
    """No representation that the client accepts."""

    code = "not_acceptable"
    sentence = "Accept one of application/json, text/plain, application/x-subrip, text/vtt."


class NotReady(RequestError):
    """The transcript, or the recording, is asked for before the end."""

    code = "not_ready"
    retryable = True
    sentence = "The job has not ended yet. Ask again after the time in Retry-After."


class NoTranscript(RequestError):
    """The job ended without a transcript."""

    code = "no_transcript"
    sentence = "The job ended without a transcript."


class NoRecording(RequestError):
    """Nothing of the job can be heard: it ended without having been heard, or was before recordings were kept so."""

    code = "no_recording"
    sentence = "There is no recording to listen to."


class StateConflict(RequestError):
    """The job's status does not allow this."""

    code = "state_conflict"
    sentence = "The job's status does not allow this."


class UploadMissing(RequestError):
    """Completion is announced but the object is not there."""

    code = "upload_missing"
    sentence = "The audio is not there yet. PUT it to upload.url first."


class Erased(RequestError):
    """The job was erased."""

    code = "erased"
    sentence = "The job was erased."


class TranscriptExpired(RequestError):
    """Retention removed the transcript."""

    code = "transcript_expired"
    sentence = "The transcript was removed at the end of its retention."


class BodyTooLarge(RequestError):
    """The body is over its limit."""

    code = "body_too_large"
    sentence = (
        "The body is too large. JSON may hold 262,144 bytes, multipart audio 4,000,000; use audio.upload above that."
    )


class UnsupportedMediaType(RequestError):
    """The request's Content-Type is not taken here."""

    code = "unsupported_media_type"
    sentence = "Send application/json or multipart/form-data."


class ValidationFailed(RequestError):
    """At least one field is not valid."""

    code = "validation_failed"
    sentence = "The request is not valid."

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        """Name every field in `errors`."""
        super().__init__(f"{len(errors)} field{' is' if len(errors) == 1 else 's are'} not valid.")
        self.errors = errors


class IdempotencyKeyReused(RequestError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for another request. Use a new key for a new request."


class BucketNotAllowed(RequestError):
    """The bucket of `s3_uri` is not on the list."""

    code = "bucket_not_allowed"
    sentence = "The bucket of audio.s3_uri is not one that this service may read."


class AudioTooLarge(RequestError):
    """The referenced object is over 536,870,912 bytes."""

    code = "audio_too_large"
    sentence = "The audio is larger than 536,870,912 bytes."


class CursorInvalid(RequestError):
    """A cursor that we did not sign, for this tenant and these filters, within a day."""

    code = "cursor_invalid"
    sentence = "The cursor is not valid here: use next_cursor of the same list, with the same filters, within a day."


class UrlNotAllowed(RequestError):
    """The address of an endpoint that no event may be sent to."""

    code = "url_not_allowed"
    sentence = "The URL must be https, on port 443, with a host name that leads to public addresses only."


class QueueFull(RequestError):
    """The tenant has as many live jobs as it may have."""

    code = "queue_full"
    retryable = True
    sentence = "Too many jobs are on their way. Wait until some have ended."


class QuotaExceeded(RequestError):
    """The tenant has sent as much audio today as it may."""

    code = "quota_exceeded"
    retryable = True
    sentence = "The audio hours of today are used up. They are counted anew at midnight UTC."


class RateLimited(RequestError):
    """Too many requests a second."""

    code = "rate_limited"
    retryable = True
    sentence = "Too many requests. Wait for the time in Retry-After."


class Unavailable(RequestError):
    """A dependency is down."""

    code = "unavailable"
    retryable = True
    sentence = "A part of the service is out of reach. Ask again after the time in Retry-After."
