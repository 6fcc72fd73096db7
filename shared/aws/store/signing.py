"""Addresses that carry their own permission: to upload to one, to play what lies at one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.aws.clients import translated
from shared.job import Audio

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AUDIO_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """A place to upload to: the client sends exactly these headers with the body."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Playable:
    """An object that can be played as `media_type`, in that version where it is pinned."""

    bucket: str
    key: str
    version_id: str | None
    media_type: str


def signed_put(client: "S3Client", audio: Audio, expires_s: int) -> PresignedPut:
    """Sign a place for the declared audio: another size, type, content or a second upload is refused."""
    headers = {"Content-Type": AUDIO_TYPE, "If-None-Match": "*"}
    params: dict[str, Any] = {
        "Bucket": audio.bucket,
        "Key": audio.key,
        "ContentType": AUDIO_TYPE,
        "IfNoneMatch": "*",
    }
    if audio.size_bytes is not None:
        params["ContentLength"] = audio.size_bytes
    if audio.sha256 is not None:
        checksum = base64.b64encode(bytes.fromhex(audio.sha256)).decode()
        params["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = checksum
    with translated():
        url = client.generate_presigned_url("put_object", Params=params, ExpiresIn=expires_s)
    return PresignedPut(url, headers)


def signed_get(client: "S3Client", playable: Playable, expires_s: int) -> str:
    """Sign a URL that plays one object for `expires_s` seconds; any range of it, under its media type."""
    params: dict[str, Any] = {
        "Bucket": playable.bucket,
        "Key": playable.key,
        "ResponseContentType": playable.media_type,
    }
    if playable.version_id is not None:
        params["VersionId"] = playable.version_id
    with translated():
        return client.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_s)
