"""Replays a recording into a fresh engine: the calls in their order, with the ids that this engine makes up."""

import http.client
from collections.abc import Collection
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from shared.emulator.learning import Ids
from shared.emulator.recording import ENDPOINT, Call, Recording

ACCESS_KEY = "123456789012"
"""What says to ministack whose account is meant; moto has only that one."""
ANSWER_S = 30.0


class ReplayFailed(Exception):
    """An engine refused a call that the recorded one accepted."""


def replay(recording: Recording, endpoint: str, services: Collection[str] | None = None) -> Ids:
    """Make the recorded stack in the engine at `endpoint`.

    Args:
        recording: what Terraform did.
        endpoint: where the engine answers, `http://127.0.0.1:<port>`; nothing of the stack is there yet.
        services: the names that calls are signed for, where the engine has only some.

    Returns:
        The ids of this engine in the place of recorded ones.

    Raises:
        ReplayFailed: the engine refused a call; says which, and what it answered.
    """
    ids = Ids({ENDPOINT: endpoint})
    with Wire(endpoint) as wire:
        for call in recording.calls:
            if services is not None and call.service not in services:
                continue
            status, answer = wire.send(call, ids)
            if status >= http.client.BAD_REQUEST:
                raise ReplayFailed(f"{call.service} {call.action or call.method} {call.path}: {status} {answer}")
            ids.learn(call.answer.replace(ENDPOINT, endpoint), answer)
    return ids


class Wire:
    """One connection to an engine, which checks no signature but reads from it which service is meant."""

    def __init__(self, endpoint: str) -> None:
        address = urlsplit(endpoint)
        assert address.hostname is not None
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=ANSWER_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, call: Call, ids: Ids) -> tuple[int, str]:
        """Send a recorded call as it would be now: status and answer."""
        scope = f"{ACCESS_KEY}/20200101/{call.region}/{call.service}/aws4_request"
        headers = {
            **call.headers,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "X-Amz-Date": "20200101T000000Z",
        }
        self._connection.request(call.method, ids.renew(call.path), ids.renew(call.body).encode(), headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()
