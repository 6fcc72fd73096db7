"""The cursor reader: any text is refused, but for the one that was written for this list."""

import base64
from contextlib import suppress

from api.access.cursors import CursorScope, Signer
from shared.errors.requests import CursorInvalid

MOST_BYTES = 2_048
NOW = 1_768_471_202.114
SIGNER = Signer("a secret of this deployment")
SCOPE = CursorScope("sales", "list_jobs", {"status": ["completed"]})
OURS = SIGNER.write("2026-01-15T10:00:02.114Z#job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", SCOPE, NOW)


def seeds():
    yield OURS.encode()
    yield SIGNER.write("x", CursorScope("support", "list_jobs", {}), NOW).encode()
    yield b"c1." + base64.urlsafe_b64encode(b'{"after":"","until":1e999}') + b"." + b"A" * 22


def take(data):
    cursor = data.decode("utf-8", "surrogateescape")
    with suppress(CursorInvalid):
        after = SIGNER.read(cursor, SCOPE, NOW + 60)
        assert cursor == OURS
        assert after.startswith("2026")
