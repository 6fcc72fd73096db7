"""Our bucket: what is written, looked at, read and deleted there."""

import base64
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from shared.aws.clients import error_code, translated
from shared.aws.store.signing import Playable, PresignedPut, signed_get, signed_put
from shared.errors.jobs import AudioAccessDenied, AudioChanged, AudioNotFound, UploadMismatch
from shared.errors.transient import StorageUnavailable, WorkerDiskFull
from shared.job import Audio
from shared.protocol.intents import DeleteVersions, HeadObject, ObjectFacts, PutObject, ReadObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MISSING = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})
DENIED = frozenset({"403", "AccessDenied"})
TAKEN = frozenset({"PreconditionFailed", "412"})
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Store:
    """Our bucket, and the buckets that jobs refer to."""

    client: "S3Client"
    bucket: str

    def head(self, intent: HeadObject) -> ObjectFacts | None:
        """Look at an object; None if it is not there.

        Raises:
            AudioAccessDenied: the bucket refuses us.
        """
        version: dict[str, Any] = {"VersionId": intent.version_id} if intent.version_id else {}
        with translated():
            try:
                answer = self.client.head_object(
                    Bucket=intent.bucket, Key=intent.key, ChecksumMode="ENABLED", **version
                )
            except ClientError as error:
                if error_code(error) in MISSING:
                    return None
                if error_code(error) in DENIED:
                    raise AudioAccessDenied from error
                raise
        checksum = answer.get("ChecksumSHA256")
        sha256 = base64.b64decode(checksum).hex() if checksum else answer["Metadata"].get("sha256")
        return ObjectFacts(answer["ContentLength"], answer["ETag"], answer.get("VersionId"), sha256, answer["Metadata"])

    def put_once(self, intent: PutObject) -> str | None:
        """Write an object of ours if none is there, and answer its etag; None if one is."""
        sha256 = hashlib.sha256(intent.body)
        with translated():
            try:
                answer = _until_decided(
                    self.client.put_object,
                    Bucket=self.bucket,
                    Key=intent.key,
                    Body=intent.body,
                    IfNoneMatch="*",
                    ChecksumSHA256=base64.b64encode(sha256.digest()).decode(),
                    Metadata={**intent.metadata, "sha256": sha256.hexdigest()},
                )
            except ClientError as error:
                if error_code(error) not in TAKEN:
                    raise
                return None
        return str(answer["ETag"])

    def delete_versions(self, intent: DeleteVersions) -> int:
        """Delete every version and delete marker under a prefix of our bucket; how many there were.

        Raises:
            StorageUnavailable: some are still there; whoever asks again finds only those.
        """
        deleted = 0
        with translated():
            for page in self.client.get_paginator("list_object_versions").paginate(
                Bucket=self.bucket, Prefix=intent.prefix
            ):
                found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                named: list[Any] = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
                if named:
                    answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": named, "Quiet": True})
                    _refuse_partial(answer.get("Errors", []))
                deleted += len(named)
        return deleted

    def read(self, key: str) -> bytes:
        """Read an object of ours."""
        with translated():
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def read_if_there(self, intent: ReadObject) -> bytes | None:
        """Read an object of ours; None if it is not there."""
        with translated():
            try:
                return self.client.get_object(Bucket=self.bucket, Key=intent.key)["Body"].read()
            except ClientError as error:
                if error_code(error) not in MISSING:
                    raise
                return None

    def fetch(self, audio: Audio) -> BinaryIO:
        """Bring the pinned audio into an unnamed temporary file that ends with its handle.

        Raises:
            AudioNotFound: it is gone.
            AudioAccessDenied: the bucket refuses us.
            AudioChanged: it is not the pinned version.
            UploadMismatch: its sha256 is not what was declared.
            WorkerDiskFull: there is no room for it.
        """
        body = self._open(audio)
        with ExitStack() as unfinished:
            file = cast("BinaryIO", unfinished.enter_context(tempfile.TemporaryFile()))
            _copy(body, file, audio.sha256)
            unfinished.pop_all()
        return file

    def presign_put(self, audio: Audio, expires_s: int) -> PresignedPut:
        """Sign a place for the declared audio."""
        return signed_put(self.client, audio, expires_s)

    def presign_get(self, playable: Playable, expires_s: int) -> str:
        """Sign a URL that plays an object."""
        return signed_get(self.client, playable, expires_s)

    def _open(self, audio: Audio) -> Any:
        pin: dict[str, Any] = {"VersionId": audio.version_id} if audio.version_id else {"IfMatch": audio.etag or "*"}
        with translated():
            try:
                return self.client.get_object(Bucket=audio.bucket, Key=audio.key, **pin)["Body"]
            except ClientError as error:
                named = {**dict.fromkeys(MISSING, AudioNotFound), **dict.fromkeys(DENIED, AudioAccessDenied)}
                failure = {**named, **dict.fromkeys(TAKEN, AudioChanged)}.get(error_code(error))
                if failure:
                    raise failure from error
                raise


def _copy(body: Any, file: BinaryIO, declared_sha256: str | None) -> None:
    """Bring all of `body` into `file`, ready to be read."""
    digest = hashlib.sha256()
    try:
        with translated():
            for block in body.iter_chunks(BLOCK_BYTES):
                digest.update(block)
                file.write(block)
        file.seek(0)
    except OSError as error:
        raise WorkerDiskFull from error
    if declared_sha256 not in (None, digest.hexdigest()):
        raise UploadMismatch


def _met_another(error: BaseException) -> bool:
    """Whether another conditional write of the same key was under way, so that neither condition was judged."""
    return isinstance(error, ClientError) and error_code(error) == "ConditionalRequestConflict"


_until_decided = Retrying(
    retry=retry_if_exception(_met_another),
    wait=wait_random_exponential(multiplier=0.05, max=1),
    stop=stop_after_attempt(5),
    reraise=True,
)


def _refuse_partial(errors: Sequence[Mapping[str, Any]]) -> None:
    """A request to delete many answers 200 also where some of them are still there."""
    if errors:
        raise StorageUnavailable(aws=str(errors[0].get("Code")))
