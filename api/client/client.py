"""The client of the public contract: the same requests that any integrator sends, nothing of ours behind them."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias, Unpack
from urllib.parse import urlsplit

import httpx

from api.client.batches import Batches
from api.client.calling import Asked, Patience, Wire, at, seen
from api.client.errors import JobEnded, StoreRefused, TookTooLong
from api.client.following import LONGEST_WAIT_S, every, job_states, within
from api.client.listening import Listening
from api.client.service import Service
from api.client.transcripts import Transcript
from api.client.uploading import Recording, Uploaded, measured, opened, put
from api.client.views import Erasure, Job, Page
from api.client.webhooks import Webhooks
from api.client.wishes import JobFilters, Json, Wishes, fingerprint, plain

Format: TypeAlias = Literal["json", "txt", "srt", "vtt"]
BY_CONTENT = "by-content"
"""As an idempotency key: one that is made of recording and wishes, so that the same call is never sent twice."""
TIMEOUT_S = 30.0
LOOK_EVERY_S = 2


@dataclass(frozen=True, slots=True)
class Step:
    """Where `transcribe` has come to: `uploading`, a status or a stage; percent where that is known."""

    name: str
    percent: float | None = None


class Client(Batches, Listening, Service):
    """Speaks to one service with one key; threads may share it.

    Example:
        >>> client = Client("https://stt.example.com", key)
        >>> print(client.transcribe("call.wav", Wishes(language="fr")).text)

    Requests are repeated while that may help, at most `patience_s`, and never make anything twice.
    """

    def __init__(
        self, url: str, key: str, *, transport: httpx.BaseTransport | None = None, patience: Patience | None = None
    ) -> None:
        # A proxy of the company's network knows no loopback.
        is_local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self.url = url.rstrip("/")
        self.http = httpx.Client(timeout=TIMEOUT_S, trust_env=not is_local, transport=transport)
        self.key = key
        self.wire = Wire(self.url, key, self.http, patience or Patience())
        self.webhooks = Webhooks(self.wire)

    def transcribe(
        self,
        recording: Recording,
        wishes: Wishes | None = None,
        *,
        on_progress: Callable[[Step], None] | None = None,
        within_s: float = float("inf"),
    ) -> Transcript:
        """Submit a call, wait for its end, read the transcript; all in one.

        Raises:
            JobEnded: it failed or was canceled; `job` says why.
            TookTooLong: not at its end after `within_s`; `job.id` lets you read it later.
        """
        tell = on_progress or (lambda _: None)
        sent = self.submit(
            recording, wishes, on_upload=lambda done, whole: tell(Step("uploading", 100 * done / max(whole, 1)))
        )
        for job in within(self.states(sent.id), within_s, lambda late: TookTooLong(late, within_s)):
            tell(Step(job.stage or job.status, job.progress.percent if job.progress else None))
        if job.status != "completed":
            raise JobEnded(job)
        return self.transcript(job.id)

    def submit(
        self,
        recording: Recording,
        wishes: Wishes | None = None,
        *,
        idempotency_key: str | None = None,
        on_upload: Uploaded | None = None,
    ) -> Job:
        """Hand in a call: a path, bytes, an open file, or `s3://bucket/key`; the job that comes back is queued.

        With the same key the same call makes one job within 24 hours, and an upload that broke off is gone on with;
        `BY_CONTENT` makes the key of recording and wishes. `is_replay` tells that nothing had to be sent.
        """
        if isinstance(recording, str) and recording.startswith("s3://"):
            return self._create({"s3_uri": recording}, wishes, idempotency_key)
        with opened(recording) as audio:
            job = self.announce(audio, wishes, idempotency_key=idempotency_key)
            if job.status != "awaiting_upload":
                return job
            self.upload(job, audio, on_upload)
            return self.complete(job.id)

    def announce(self, audio: BinaryIO, wishes: Wishes | None = None, *, idempotency_key: str | None = None) -> Job:
        """The first step of `submit`: announce a recording by size and sha256; the answer says where to put it."""
        size_bytes, sha256 = measured(audio)
        return self._create({"upload": {"bytes": size_bytes, "sha256": sha256}}, wishes, idempotency_key)

    def upload(self, job: Job, audio: BinaryIO, on_upload: Uploaded | None = None) -> None:
        """The second: PUT the recording straight to the store; a place that has expired is asked for anew, once."""
        place = job.upload or self._fresh_place(job.id).upload
        assert place is not None
        try:
            put(self.http, place, audio, on_upload, self.wire.patience)
        except StoreRefused as error:
            fresh = self._fresh_place(job.id).upload if error.status == httpx.codes.FORBIDDEN else None
            if fresh is None:
                raise
            put(self.http, fresh, audio, on_upload, self.wire.patience)

    def complete(self, job_id: str) -> Job:
        """The third: say that the bytes are there."""
        return self.wire.read(Asked("POST", at("jobs", job_id, "upload", "complete")), Job)

    def get(self, job_id: str, wait_s: int = 0) -> Job:
        """The job as it stands, or as it stands when its status changes within `wait_s` (0 to 20)."""
        return self.wire.read(Asked("GET", at("jobs", job_id), {"wait": wait_s} if wait_s else {}), Job)

    def states(self, job_id: str, look_s: int = LOOK_EVERY_S) -> Iterator[Job]:
        """The job now, at each change of status, and every `look_s` (1 to 20) for its progress, until its end."""
        return job_states(self.wire, job_id, look_s)

    def finished(self, job_id: str, within_s: float = float("inf")) -> Job:
        """Wait until nothing more will happen to the job, whatever came of it.

        Raises:
            TookTooLong: not at its end after `within_s`.
        """
        states = job_states(self.wire, job_id, LONGEST_WAIT_S)
        *_, job = within(states, within_s, lambda late: TookTooLong(late, within_s))
        return job

    def jobs(self, page_size: int = 100, **filters: Unpack[JobFilters]) -> Iterator[Job]:
        """The jobs for which all `filters` hold, newest first, page by page as you read on.

        Example:
            `[job.id for job in client.jobs(status="failed", tag="team:lyon")]`
        """
        params = {name: plain(value) for name, value in filters.items()}
        return every(self.wire, Asked("GET", at("jobs"), {**params, "limit": page_size}), Page[Job])

    def transcript(self, job_id: str) -> Transcript:
        """The transcript, read into its parts."""
        asked = Asked("GET", at("jobs", job_id, "transcript"), {"format": "json"})
        return self.wire.read(asked, Transcript)

    def export(self, job_id: str, form: Format) -> str:
        """The transcript as text of that format."""
        return self.wire.answer(Asked("GET", at("jobs", job_id, "transcript"), {"format": form})).text

    def cancel(self, job_id: str) -> Job:
        """End a job that has not ended; one that is canceled stays so."""
        return self.wire.read(Asked("POST", at("jobs", job_id, "cancel")), Job)

    def retry(self, job_id: str) -> Job:
        """Queue a failed or canceled job again, under the same id."""
        return self.wire.read(Asked("POST", at("jobs", job_id, "retry"), may_repeat=False), Job)

    def erase(self, job_id: str) -> Erasure:
        """Erase a job: audio, transcript, everything; repeating gives the same receipt."""
        return self.wire.read(Asked("DELETE", at("jobs", job_id)), Erasure)

    def erase_all(
        self, *, subject_ref: str | None = None, reference: str | None = None, batch_id: str | None = None
    ) -> Erasure:
        """Erase all jobs of a person, of a reference or of a batch: give exactly one."""
        given = {"subject_ref": subject_ref, "reference": reference, "batch_id": batch_id}
        body = {name: value for name, value in given.items() if value is not None}
        return self.wire.read(Asked("POST", at("erasures"), body=body, key=str(uuid.uuid4())), Erasure)

    def erasure(self, erasure_id: str) -> Erasure:
        """A receipt as it stands."""
        return self.wire.read(Asked("GET", at("erasures", erasure_id)), Erasure)

    def _fresh_place(self, job_id: str) -> Job:
        return self.wire.read(Asked("POST", at("jobs", job_id, "upload")), Job)

    def _create(self, audio: Json, wishes: Wishes | None, idempotency_key: str | None) -> Job:
        body = {"audio": audio, **(wishes or Wishes()).as_json()}
        key = fingerprint(body) if idempotency_key == BY_CONTENT else idempotency_key or str(uuid.uuid4())
        answer = self.wire.answer(Asked("POST", at("jobs"), body=body, key=key))
        is_replay = answer.headers.get("Idempotency-Replayed") == "true"
        return seen(Job, answer).model_copy(update={"is_replay": is_replay})
