"""The page at /console as it is served: its files, and what a browser is let do with them.

The files stand in a table that is made once a process: no path is ever made of what a request says.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from api.parts import Parts
from shared.aws.store import Playable
from shared.errors.requests import NotFound

FOLDER = Path(__file__).parents[1] / "console"
DOCUMENT = "index.html"
SAMPLES = "calls/"
"""Recordings to try. The cloud's gateway lets no bytes out, so there is no such folder there."""

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        "LICENSE": "text/plain; charset=utf-8",
    }
)
SOUNDS: Mapping[str, str] = MappingProxyType({".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"})

WAVE_STYLE = "sha256-fF0LBso7Nz75zaFRDBUefBDvPe19hjaiDnnc8lt+2Js="
"""The one style sheet that wavesurfer writes into the page, with the height that `core/trust.js` fixes: its hash lets
in that and no other. A nonce would have to be made for each answer, and written into the document."""
GUARD: Mapping[str, str] = MappingProxyType(
    {
        # A deployment is seen at once, and who has the file gets 304.
        "Cache-Control": "no-cache",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }
)
NOWHERE_KEY, SIGNED_S = "audio/-", 60
"""A place that nobody is told of, among those that may be signed."""
NO_DOCUMENT = "default-src 'none'; frame-ancestors 'none'"
"""For all but the document: opened by itself, a picture or a text may do nothing."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page as it goes out: text, or the bytes of a recording."""

    body: str | bytes
    media_type: str
    etag: str


@cache
def files() -> Mapping[str, PageFile]:
    """Every file that is served, by its path below /console; a kind that is not named here is none of them."""
    paths = [path for pattern in ("*", "*/*") for path in FOLDER.glob(pattern) if path.is_file()]
    read = ((path.relative_to(FOLDER).as_posix(), _read(path)) for path in paths)
    return MappingProxyType({name: file for name, file in read if file})


def file_at(name: str, parts: Parts) -> PageFile:
    """The file at `name` below /console.

    Raises:
        NotFound: there is none, or it is a recording and its bytes would not come through.
    """
    file = files().get(name)
    if file is None or (name.startswith(SAMPLES) and parts.settings.env != "local"):
        raise NotFound
    return file


def headers_of(name: str, file: PageFile, parts: Parts) -> dict[str, str]:
    """What goes with the file at `name`."""
    allowed = policy(parts) if name == DOCUMENT else NO_DOCUMENT
    return {**GUARD, "Content-Security-Policy": allowed, "ETag": file.etag}


def policy(parts: Parts) -> str:
    """What the document may load and reach: what lies beside it, and the buckets that recordings lie in."""
    buckets = (parts.settings.bucket, *parts.settings.allowed_buckets)
    origins = list(dict.fromkeys(_origin(bucket, parts) for bucket in buckets))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' '{WAVE_STYLE}'",
            "img-src 'self'",
            f"connect-src 'self' {origins[0]}",
            f"media-src {' '.join(origins)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            # Text becomes markup only where the `default` policy of `core/trust.js` says so, as wavesurfer needs it.
            "require-trusted-types-for 'script'",
            "trusted-types default",
        )
    )


def _origin(bucket: str, parts: Parts) -> str:
    """Where a browser finds `bucket`: the origin that a signed place in it has, for only the signer knows its form."""
    place = urlsplit(parts.store.presign_get(Playable(bucket, NOWHERE_KEY, None, "audio/wav"), SIGNED_S))
    return f"{place.scheme}://{place.netloc}"


def _read(path: Path) -> PageFile | None:
    kind = path.suffix or path.name
    media_type = TEXTS.get(kind) or SOUNDS.get(kind)
    if media_type is None:
        return None
    body = path.read_bytes()
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    return PageFile(body.decode("utf-8") if kind in TEXTS else body, media_type, etag)
