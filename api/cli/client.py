"""A client of the public contract: the same requests that any integrator sends, nothing of ours behind them."""

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, retry, retry_if_exception, stop_after_delay, wait_exponential_jitter

from api.cli.views import Job, Transcript
from shared.errors.root import CallscribeError

Format = Literal["json", "txt", "srt", "vtt"]

LONGEST_WAIT_S = 20
"""The longest that the contract lets `?wait=` hold a request."""
GIVE_UP_AFTER_S = 60.0
TIMEOUT_S = 30.0
HASH_BYTES = 1 << 20
_backoff = wait_exponential_jitter(multiplier=0.25, max=5.0)


class ApiError(CallscribeError):
    """The API answered with a problem."""

    code = "api_error"

    def __init__(self, status: int, problem: str, detail: str, retry_after_s: float | None = None) -> None:
        """Keep the HTTP status, the problem's code and detail, and how long to wait before another try."""
        super().__init__(f"{detail} ({problem}, HTTP {status})")
        self.status = status
        self.problem = problem
        self.retry_after_s = retry_after_s


class Unreachable(CallscribeError):
    """Nothing answers where the API should be."""

    code = "api_unreachable"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a call is to be transcribed; what is None is left to the service."""

    language: str | None = None
    reference: str | None = None
    lane: str | None = None

    def as_json(self) -> dict[str, object]:
        """The fields of the submission that are set."""
        given: dict[str, object] = {"reference": self.reference, "lane": self.lane}
        if self.language is not None:
            given["options"] = {"language": self.language}
        return {name: value for name, value in given.items() if value is not None}


def _is_passing(error: BaseException) -> bool:
    """Whether another try may succeed: no answer at all, or an answer that says so."""
    if isinstance(error, ApiError):
        return error.status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
    return isinstance(error, httpx.TransportError)


def _wait_s(state: RetryCallState) -> float:
    """As long as the server asks for, else exponential back-off."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, ApiError) else None
    return _backoff(state) if asked is None else asked


patiently = retry(
    retry=retry_if_exception(_is_passing), wait=_wait_s, stop=stop_after_delay(GIVE_UP_AFTER_S), reraise=True
)


@dataclass(slots=True)
class Client:
    """Speaks to the API at `url` with `key`."""

    url: str
    key: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        # A proxy of the company's network knows no loopback.
        is_local = urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")
        self.http = httpx.Client(timeout=TIMEOUT_S, trust_env=not is_local)

    def submit(self, audio: BinaryIO, wishes: Wishes) -> Job:
        """Announce a recording by its size and sha256; the answer says where to put it.

        The key of the request makes it safe to repeat: one call, one job.
        """
        size_bytes, sha256 = measured(audio)
        body = {"audio": {"upload": {"bytes": size_bytes, "sha256": sha256}}, **wishes.as_json()}
        answer = self._call("POST", "/v1/jobs", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        return Job.model_validate(answer.json())

    @patiently
    def upload(self, job: Job, audio: BinaryIO) -> None:
        """PUT the recording where the job says, straight to the store; the API sees none of it."""
        assert job.upload is not None
        audio.seek(0)
        headers = {**job.upload.headers, "Content-Length": str(_size_bytes(audio))}
        answer = self.http.request(job.upload.method, job.upload.url, content=audio, headers=headers)
        # 412: it is there already, from a try whose answer was lost.
        if answer.status_code not in (httpx.codes.OK, httpx.codes.PRECONDITION_FAILED):
            raise ApiError(answer.status_code, "upload_refused", "The store refused the audio.")

    def complete(self, job_id: str) -> Job:
        """Say that the bytes are there."""
        return Job.model_validate(self._call("POST", f"/v1/jobs/{job_id}/upload/complete").json())

    def get(self, job_id: str, wait_s: int = 0) -> Job:
        """The job as it stands, or as it stands when it changes within `wait_s` (0 to 20)."""
        return Job.model_validate(self._call("GET", f"/v1/jobs/{job_id}", params={"wait": wait_s}).json())

    def finished(self, job_id: str) -> Job:
        """Wait until nothing more will happen to the job."""
        job = self.get(job_id, LONGEST_WAIT_S)
        while not job.is_terminal:
            job = self.get(job_id, LONGEST_WAIT_S)
        return job

    def transcript(self, job_id: str) -> Transcript:
        """The transcript, read into its parts."""
        return Transcript.model_validate_json(self.export(job_id, "json"))

    def export(self, job_id: str, form: Format) -> str:
        """The transcript as text of that format."""
        return self._call("GET", f"/v1/jobs/{job_id}/transcript", params={"format": form}).text

    def health(self) -> bool:
        """Whether the API answers and is well."""
        return self._call("GET", "/v1/health").status_code == httpx.codes.OK

    def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One request with our key, repeated while that may help.

        Raises:
            ApiError: the API refuses; its detail says why, its `problem` is the code of the contract.
            Unreachable: no answer for a minute.
        """
        headers = {"Authorization": f"Bearer {self.key}", **request.pop("headers", {})}
        prepared = self.http.build_request(method, self.url + path, headers=headers, **request)
        try:
            return self._answer(prepared)
        except httpx.TransportError as error:
            raise Unreachable(f"Nothing answers at {self.url}: start it with `callscribe up`.") from error

    @patiently
    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Send once; the same request, with the same Idempotency-Key, is sent again by whoever decorates."""
        answer = self.http.send(request)
        if answer.is_error:
            raise _problem(answer)
        return answer


def measured(audio: BinaryIO) -> tuple[int, str]:
    """Size and sha256 (hex) of a recording; it stands at its beginning afterwards."""
    digest = hashlib.sha256()
    audio.seek(0)
    for block in iter(lambda: audio.read(HASH_BYTES), b""):
        digest.update(block)
    return _size_bytes(audio), digest.hexdigest()


def _size_bytes(audio: BinaryIO) -> int:
    size_bytes = audio.seek(0, 2)
    audio.seek(0)
    return size_bytes


def _problem(answer: httpx.Response) -> ApiError:
    """The error that an answer tells of, RFC 9457 or not."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    after = answer.headers.get("Retry-After", "")
    fields = "; ".join(f"{error.get('pointer')}: {error.get('message')}" for error in body.get("errors") or [])
    detail = ": ".join(
        part for part in (body.get("detail") or body.get("title") or answer.reason_phrase, fields) if part
    )
    return ApiError(answer.status_code, body.get("code", "unknown"), detail, float(after) if after.isdigit() else None)
