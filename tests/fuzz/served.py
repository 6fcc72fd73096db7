"""The API over a memory world, as a function of one process: real HTTP, no store behind it."""

import hashlib
import time
from typing import Any

from contract.caller import ALL_SCOPES, NOW, WAV, DeafSender, settings
from fakes import MemoryWorld

from api.app import respond
from api.parts import Parts
from shared.job import Key
from shared.observe import observer

PLENTY = {"submits_per_s": 1e6, "submit_burst": 10**6, "reads_per_s": 1e6, "read_burst": 10**6, "webhooks_max": 100}
_KEY_ID, _SECRET = "FVZZ000000", "A" * 43
KEY = f"csk_{_KEY_ID}_{_SECRET}"
"""Always the same: the process that serves and the one that asks import this module each for itself."""
_WORLD = MemoryWorld()
_WORLD.rows[Key.of_api_key(_KEY_ID)] = {
    "id": _KEY_ID,
    "tenant": "fuzz",
    "scopes": list(ALL_SCOPES),
    "secret_sha256": hashlib.sha256(_SECRET.encode()).hexdigest(),
    "created_at": NOW,
}
_WORLD.store.put("sales-calls-eu", "call-8842.wav", WAV)
_OBSERVER = observer("fuzz", "text")
_OBSERVER.logger.setLevel("ERROR")
_BEGAN = time.monotonic()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one event of the gateway; who waits is answered at once, on a clock that has moved on."""
    parts = Parts(
        _WORLD,
        _WORLD.store,
        settings().model_copy(update=PLENTY),
        lambda: NOW + time.monotonic() - _BEGAN,
        lambda _seconds: None,
        _OBSERVER,
        DeafSender(),
    )
    return respond(event, context, parts)
