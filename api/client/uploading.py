"""A recording on its way to the store: measured in one reading, sent in blocks, refusals of the store explained."""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeAlias

import httpx

from api.client.calling import Patience, is_passing
from api.client.errors import ApiError, Refusal, StoreRefused, Unreachable
from api.client.views import Upload

Recording: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A path, the bytes themselves, or a file opened for reading in binary; `s3://…` where an address is taken too."""
Uploaded: TypeAlias = Callable[[int, int], None]
"""Told of each block: bytes that are on their way, and bytes in all."""

BLOCK_BYTES = 1 << 18
KEPT_IN_MEMORY_BYTES = 1 << 24
S3_CODE = re.compile(r"<Code>(\w+)</Code>")
TAKEN = frozenset({200, 201, 204, 412})
"""412: it is there already, from a try whose answer was lost. Whether it is the same, the service looks itself."""
WHY = {
    403: "The store refused the signature: the place has expired, a proxy changed the headers, or a clock is wrong.",
    400: "The store says that the bytes are not the ones announced: the recording changed while it was read.",
    411: "The store wants a length: a proxy between changed the request.",
    413: "The recording is larger than the store takes.",
}


@contextmanager
def opened(recording: Recording) -> Iterator[BinaryIO]:
    """A recording as a file that can be read twice; what we opened ourselves is closed again."""
    if isinstance(recording, bytes):
        yield io.BytesIO(recording)
    elif isinstance(recording, (str, os.PathLike)):
        with open(recording, "rb") as file:  # noqa: PTH123 - a PathLike need not be a Path
            yield file
    elif recording.seekable():
        yield recording
    else:
        with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES) as kept:
            kept.writelines(_blocks(recording))
            yield kept  # type: ignore[misc]  # it has every method of a file


def measured(audio: BinaryIO) -> tuple[int, str]:
    """Size in bytes and sha256 (hex) of a recording, in one reading; it stands at its beginning afterwards."""
    digest, size_bytes = hashlib.sha256(), 0
    audio.seek(0)
    for block in _blocks(audio):
        digest.update(block)
        size_bytes += len(block)
    audio.seek(0)
    return size_bytes, digest.hexdigest()


def put(http: httpx.Client, place: Upload, audio: BinaryIO, on_upload: Uploaded | None, patience: Patience) -> None:
    """PUT a recording where `place` says, block by block, again while that may help.

    Raises:
        StoreRefused: the store does not take it; the message says why, as far as the store told.
        Unreachable: the store does not answer.
    """
    try:
        patience.trying(is_passing)(_put_once, http, place, audio, on_upload)
    except httpx.TransportError as error:
        host = httpx.URL(place.url).host
        raise Unreachable(f"The store at {host} does not take the audio ({type(error).__name__}).") from error


def _put_once(http: httpx.Client, place: Upload, audio: BinaryIO, on_upload: Uploaded | None) -> None:
    size_bytes = audio.seek(0, os.SEEK_END)
    audio.seek(0)
    headers = {**place.headers, "Content-Length": str(size_bytes)}
    content = _told(audio, size_bytes, on_upload) if on_upload else _blocks(audio)
    answer = http.request(place.method, place.url, content=content, headers=headers)
    if answer.status_code not in TAKEN:
        raise _refused(answer)


def _refused(answer: httpx.Response) -> ApiError:
    """The store's refusal in words; its own code is a word in XML."""
    told = S3_CODE.search(answer.text)
    why = WHY.get(answer.status_code, "The store refused the audio.")
    return StoreRefused(Refusal(answer.status_code, told[1] if told else "upload_refused", why))


def _told(audio: BinaryIO, size_bytes: int, on_upload: Uploaded) -> Iterator[bytes]:
    for block in _blocks(audio):
        on_upload(audio.tell(), size_bytes)
        yield block


def _blocks(audio: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: audio.read(BLOCK_BYTES), b"")
