"""ministack as the local stack runs it: 1.5.33, and the two things of S3 that it lacks there.

Of a pinned version it reads no range, so that a browser could play a recording but not go to a moment of it; and it
says the stored type instead of the one that was asked for. A test of the emulator contract shows that both are there.

This runs in the emulator's own environment, where nothing of ours can be imported.
"""

import http.client
from typing import Any

from ministack.app import main  # type: ignore[import-not-found]  # in an environment of its own
from ministack.services import s3  # type: ignore[import-not-found]

Answered = tuple[int, dict[str, str], bytes]
_get_object = s3._get_object  # noqa: SLF001 - what is replaced


def get_object(bucket: str, key: str, headers: dict[str, str], query: Any = None) -> Answered:
    """Answer as for an object that is not pinned: under the type that was asked for, and in part if that was."""
    status, told, body = _get_object(bucket, key, headers, query)
    if status != http.client.OK or "versionId" not in (query or {}):
        return status, told, body
    s3._apply_response_overrides(told, query)  # noqa: SLF001 - as for an object that is not pinned
    return _part(headers["range"], told, body) if "range" in headers else (status, told, body)


def _part(asked: str, told: dict[str, str], body: bytes) -> Answered:
    place = s3._parse_range(asked, len(body))  # noqa: SLF001 - as above
    if place is None:
        refused = {"Content-Range": f"bytes */{len(body)}", "Content-Length": "0"}
        return http.client.REQUESTED_RANGE_NOT_SATISFIABLE, refused, b""
    first, last = place
    part = body[first : last + 1]
    shown = {"Content-Length": str(len(part)), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return http.client.PARTIAL_CONTENT, {**told, **shown}, part


if __name__ == "__main__":
    s3._get_object = get_object  # noqa: SLF001 - as above
    main()
