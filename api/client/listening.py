"""A call to be seen and heard: how loud it is, and where it can be played or taken from."""

from collections.abc import Callable
from typing import BinaryIO, TypeAlias

import httpx

from api.client.calling import Asked, Wire, at, is_passing
from api.client.errors import Refusal, StoreRefused, Unreachable
from api.client.views import Instant, View

Downloaded: TypeAlias = Callable[[int, int], None]
"""Told of each block: bytes that have come, and bytes in all."""


class LegPeaks(View):
    """One leg of a call; each peak, 0 to 255, is the greatest sample of an interval."""

    index: int
    role: str | None = None
    peaks: tuple[int, ...]


class Peaks(View):
    """How loud the legs of a call are all along; seconds."""

    job_id: str
    duration: float
    interval_s: float
    channels: tuple[LegPeaks, ...]


class Sound(View):
    """Where a recording can be played until `expires_at`; whoever has the address may, so keep it to yourself."""

    job_id: str
    url: str
    media_type: str
    is_original: bool
    duration: float
    expires_at: Instant


class Listening:
    """The methods of a client that are about what a call sounds like.

    Example:
        `client.download(client.audio(job_id), file)`
    """

    http: httpx.Client
    wire: Wire

    def audio(self, job_id: str) -> Sound:
        """Where the recording can be played, in any browser, for an hour from now."""
        return self.wire.read(Asked("GET", at("jobs", job_id, "audio")), Sound)

    def peaks(self, job_id: str) -> Peaks:
        """How loud the call is, to draw it."""
        return self.wire.read(Asked("GET", at("jobs", job_id, "peaks")), Peaks)

    def download(self, sound: Sound, to: BinaryIO, on_download: Downloaded | None = None) -> None:
        """Bring a recording, as it is played, into a file that is open for writing.

        Raises:
            StoreRefused: the store does not give it.
            Unreachable: the store does not answer.
        """
        try:
            self.wire.patience.trying(is_passing)(_fetch_once, self.http, sound.url, to, on_download)
        except httpx.TransportError as error:
            host = httpx.URL(sound.url).host
            raise Unreachable(f"The store at {host} does not give the recording ({type(error).__name__}).") from error


def _fetch_once(http: httpx.Client, url: str, to: BinaryIO, on_download: Downloaded | None) -> None:
    to.seek(0)
    to.truncate()
    with http.stream("GET", url) as answer:
        if answer.is_error:
            raise StoreRefused(Refusal(answer.status_code, "download_refused", "The store refused the recording."))
        size_bytes = int(answer.headers.get("Content-Length", 0))
        for block in answer.iter_bytes():
            to.write(block)
            if on_download:
                on_download(to.tell(), size_bytes)
