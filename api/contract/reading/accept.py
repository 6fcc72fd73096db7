"""Which form of a transcript an `Accept` header prefers (RFC 9110, 12.5.1)."""

from collections.abc import Mapping
from types import MappingProxyType

from api.contract.jobs import Format
from shared.errors.requests import NotAcceptable

MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {"json": "application/json", "txt": "text/plain", "srt": "application/x-subrip", "vtt": "text/vtt"}
)


def preferred(accept: str | None) -> Format:
    """The form with the highest quality; of equals the first of json, txt, srt, vtt.

    Raises:
        NotAcceptable: each of them is refused or unnamed.
    """
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    qualities = {form: _quality(media, ranges) for form, media in MEDIA_TYPES.items()}
    best = max(qualities, key=lambda form: qualities[form])
    if qualities[best] <= 0:
        raise NotAcceptable
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return media, float(quality)
    except ValueError:
        return media, 0.0


def _quality(media: str, ranges: list[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers `media`."""
    for cover in (media, media.partition("/")[0] + "/*", "*/*"):
        named = [quality for name, quality in ranges if name == cover]
        if named:
            return max(named)
    return 0.0
