"""What can go wrong between a client and the service, each with what a program needs to decide what to do."""

from dataclasses import dataclass

from api.client.views import Job
from shared.errors.root import CallscribeError


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that the service did not accept.

    `pointer` is a JSON pointer into the body, or `/query/<name>`; `code` and `message` say what is wrong with it.
    """

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Everything that a refusing answer told; `code` is `unknown` where it was no answer of the contract."""

    status: int
    code: str
    detail: str
    fields: tuple[FieldProblem, ...] = ()
    request_id: str | None = None
    retry_after_s: float | None = None


class ApiError(CallscribeError):
    """The API answered with a problem."""

    code = "api_error"

    def __init__(self, refusal: Refusal) -> None:
        """Keep what was told; the message is the problem's detail with its fields, code and HTTP status."""
        fields = "; ".join(f"{field.pointer}: {field.message.rstrip('.')}" for field in refusal.fields)
        told = f"{refusal.detail.rstrip('.')}: {fields}" if fields else refusal.detail
        super().__init__(f"{told} ({refusal.code}, HTTP {refusal.status})")
        self.refusal = refusal

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.refusal.status

    @property
    def problem(self) -> str:
        """The stable code of the contract, `validation_failed` for example."""
        return self.refusal.code

    @property
    def fields(self) -> tuple[FieldProblem, ...]:
        """The fields that were not accepted."""
        return self.refusal.fields

    @property
    def request_id(self) -> str | None:
        """What to name when you ask the people who run the service."""
        return self.refusal.request_id

    @property
    def retry_after_s(self) -> float | None:
        """Seconds after which the same request may succeed, where the service said so."""
        return self.refusal.retry_after_s


class StoreRefused(ApiError):
    """The store did not take the audio, and a fresh place did not help."""

    code = "store_refused"


class Unreachable(CallscribeError):
    """Nothing answers where the service should be."""

    code = "api_unreachable"


class NotTheService(CallscribeError):
    """Something answers, but not as the contract promises: the address may be that of another service."""

    code = "not_the_service"


class JobEnded(CallscribeError):
    """A job ended without a transcript: `job` says why."""

    code = "job_ended"

    def __init__(self, job: Job) -> None:
        """Keep the job; the message is its error."""
        why = f": {job.error.message} ({job.error.code})" if job.error else ""
        super().__init__(f"{job.id} is {job.status}{why}")
        self.job = job


class TookTooLong(CallscribeError):
    """A job did not end within the time given; it goes on, and `job` is its last known state."""

    code = "took_too_long"

    def __init__(self, job: Job, within_s: float) -> None:
        """Keep the job as it was seen last."""
        super().__init__(f"{job.id} is still {job.status} after {within_s:.0f} s; it goes on without us")
        self.job = job
