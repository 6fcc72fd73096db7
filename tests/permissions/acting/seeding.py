"""Rows and objects as earlier processes left them, written by nobody's role: what is seeded is asked of no policy."""

from dataclasses import dataclass
from typing import Any

from batches import WORDS, claim_of
from contract.caller import WAV
from permissions.stage import BUCKET, SOURCE, Stage

from api.outbound.signing import new_secret
from shared.batch import Choice, Item, Items, JobBatch, Pin
from shared.erasure import Scope
from shared.errors.root import CallscribeError
from shared.ids import new_id
from shared.job import Audio, Job, audio_key, shard_of
from shared.protocol.announcing import announce
from shared.protocol.controlling import cancel
from shared.protocol.drive import drive
from shared.protocol.erasing import erase, new_erasure
from shared.protocol.intents import CreateRows, HeadObject, PutObject, PutRow, ReadRow
from shared.protocol.submitting import queue, submit
from shared.protocol.working import finish, reject
from shared.webhook import Webhook

URL = "https://stt.example.com"


@dataclass(frozen=True)
class Seeds:
    """What lies in the table and the bucket before a role is asked to work."""

    stage: Stage

    @property
    def world(self) -> Any:
        return self.stage.admin.world

    def submitted(self, audio: Audio | None = None, size_bytes: int | None = None, **fields: Any) -> Job:
        """A job that waits for its audio."""
        job_id = new_id("job", self.stage.now())
        place = {"bucket": BUCKET, "key": audio_key("sales", job_id), "size_bytes": size_bytes}
        audio = audio or Audio(source="upload", **place)
        born = {"params_hash": "0" * 64, "created_at": self.stage.now(), **fields}
        return drive(submit(Job(tenant="sales", id=job_id, audio=audio, **born), None), self.world).job

    def queued(self, audio: Audio | None = None, **fields: Any) -> Job:
        """A job that has been rung for."""
        job = self.submitted(audio, **fields)
        self.put(job.audio)
        return drive(queue(job, self.stage.now()), self.world)

    def row(self, job: Job) -> Job:
        return Job.model_validate(self.world.perform(ReadRow(job.row_key)))

    def completed(self, audio: Audio | None = None, **fields: Any) -> Job:
        """A job with its transcript; the end is not told yet."""
        job = self.queued(audio, **fields)
        self.world.store.put(BUCKET, job.transcript_key, b"{}")
        result = WORDS.model_copy(update={"key": job.transcript_key, "bucket": BUCKET})
        held = claim_of(self.world, job, self.stage.now())
        drive(finish(held, result, {"duration_s": 14.0}, self.stage.now()), self.world)
        return self.row(job)

    def failed(self, error: CallscribeError, audio: Audio | None = None, **fields: Any) -> Job:
        held = claim_of(self.world, self.queued(audio, **fields), self.stage.now())
        drive(reject(held, error, self.stage.now()), self.world)
        return self.row(held.job)

    def canceled(self, **fields: Any) -> Job:
        """A job whose end is not told yet."""
        return drive(cancel(self.queued(**fields), self.stage.now()), self.world)

    def told(self, job: Job) -> Job:
        return drive(announce(job, URL), self.world)

    def put(self, audio: Audio) -> None:
        self.world.store.put(audio.bucket, audio.key, WAV)

    def source(self, name: str) -> Audio:
        """A recording in another team's bucket; one with a plain name has no version."""
        audio = Audio(source="s3", bucket=SOURCE, key=f"{name}.wav")
        self.put(audio)
        return audio

    def endpoint(self) -> None:
        """Somebody wants to be told of every canceled job."""
        row = Webhook(
            tenant="sales",
            id=new_id("whk", self.stage.now()),
            url="https://hooks.example.com/calls",
            events=("job.canceled",),
            secret=new_secret(),
            created_at=self.stage.now(),
        )
        self.world.perform(PutRow(row.row_key, row.model_dump(mode="json", exclude_none=True)))

    def erased(self, job: Job) -> None:
        drive(erase(job, self.stage.now(), URL), self.world)

    def erasure(self, kind: str, value: str) -> None:
        """The receipt of an erasure whose process was lost before it did anything."""
        now = self.stage.now()
        receipt = new_erasure("sales", new_id("era", now), Scope.model_validate({"kind": kind, "value": value}), now)
        self.world.perform(CreateRows(((receipt.row_key, receipt.row),), now))

    def batch(self, *items: Item, **chosen: Any) -> JobBatch:
        """A batch whose process was lost before it made a job."""
        now = self.stage.now()
        batch_id = new_id("bat", now)
        due = {"created_at": now, "check_shard": shard_of(batch_id), "next_check_at": now}
        choice = None if items else Choice(**chosen)
        batch = JobBatch(
            tenant="sales", id=batch_id, items=len(items), choice=choice, overlay={"language": "it"}, **due
        )
        body = Items(items=items).model_dump_json(exclude_none=True).encode()
        if items:
            self.world.perform(PutObject(batch.items_key, body, {"batch": batch.id, "tenant": "sales"}))
        self.world.perform(CreateRows(((batch.row_key, batch.model_dump(mode="json", exclude_none=True)),), now))
        return batch

    def new_call(self, index: int) -> Item:
        """An item that names a recording of another team."""
        audio = self.source(f"new-{index}")
        found = self.world.perform(HeadObject(audio.bucket, audio.key))
        place = {"bucket": audio.bucket, "key": audio.key, "version_id": found.version_id}
        return Item(index=index, pin=Pin(**place, etag=found.etag, size_bytes=found.size_bytes))
