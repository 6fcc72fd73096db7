"""Every form in which a text may hide: as it is, escaped, encoded, or hashed without a key."""

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Less of a text than that could be there by chance."""


@cache
def forms_of(text: str) -> frozenset[str]:
    """All forms of `text`, in lower case: what is searched is put into lower case too."""
    return frozenset(form.lower() for form in _forms(text) if len(form) >= SHORTEST)


def _forms(text: str) -> Iterator[str]:
    for spelling in _spellings(text):
        raw = spelling.encode()
        yield from (spelling, spelling[::-1], raw.hex(), html.escape(spelling))
        yield from (quote(spelling), quote(spelling, safe=""), quote_plus(spelling), quote(quote(spelling, safe="")))
        escaped = json.dumps(spelling)[1:-1]
        yield from (escaped, json.dumps(escaped)[1:-1], repr(raw)[2:-1])
        yield from _in_base64(raw)
        yield from _hashed(raw)


def _spellings(text: str) -> Iterator[str]:
    """Of a number or a name also without its spaces."""
    yield text
    bare = "".join(text.split()).removeprefix("+")
    if bare != text:
        yield bare


def _in_base64(raw: bytes) -> Iterator[str]:
    """In the middle of other bytes it may begin at three places; the letters at its ends are shared with them."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield (
                encode(bytes(before) + raw)
                .decode()
                .rstrip("=")[(0, 2, 3)[before] : None if _whole(before, raw) else -1]
            )


def _whole(before: int, raw: bytes) -> bool:
    return (before + len(raw)) % 3 == 0


def _hashed(raw: bytes) -> Iterator[str]:
    """Whoever can guess the text can make these too: of a telephone number all there are take an hour."""
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, raw).digest()
        yield from (digest.hex(), base64.b64encode(digest).decode().rstrip("="))
        yield base64.urlsafe_b64encode(digest).decode().rstrip("=")
