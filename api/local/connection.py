"""One connection of the gateway: a request has a time to arrive in, and one that cannot be read is told so."""

import asyncio
import contextlib
import uuid
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.local.refusing import encoded, refusal
from shared.errors.requests import MalformedRequest

MOST_CONNECTIONS = 512
"""With 64 KB that each may hold unread: 32 MB."""
ARRIVAL_S = 25.0
"""For head and body together, first byte or not: who sends a byte at a time is gone before half a minute is over."""
LINGER_S = 2.0
"""After a refusal: who closes on a caller that is still sending takes the answer back."""
_UNREAD = frozenset({h11.IDLE, h11.SEND_BODY})


class Connection(H11Protocol):
    """The server's own protocol, with an end to its patience."""

    def __init__(self, *given: Any, arrival_s: float = ARRIVAL_S, **named: Any) -> None:
        """Wait for each request `arrival_s` seconds at most."""
        super().__init__(*given, **named)
        self._arrival_s = arrival_s
        self._arrival: asyncio.TimerHandle | None = None
        self._arrival_after: Any = None
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # the server's own
        """Begin to wait for a request; a caller too many is not heard."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; what comes after a refusal is not looked at."""
        if not self._is_refused:
            super().data_received(data)

    def handle_events(self) -> None:
        """Read what has come, then see whether a request is still on its way."""
        super().handle_events()
        self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the problem says it in our words
        """Answer what is no HTTP, as far as an answer is still possible."""
        self._refuse("This is no HTTP request that can be read.")

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that nobody uses any more, also where nobody fetches the last answer."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(LINGER_S, self.transport.abort)

    def _watch(self) -> None:
        """One time for each request: it runs from the answer before it to its last byte."""
        state = self.conn.their_state
        if state not in _UNREAD or (state is h11.IDLE and self._arrival_after is not self.cycle):
            self._forget()
        if state in _UNREAD and self._arrival is None:
            self._arrival = self.loop.call_later(self._arrival_s, self._lose_patience)
            self._arrival_after = self.cycle

    def _forget(self) -> None:
        """Let the time of this request not run out."""
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _lose_patience(self) -> None:
        """End a connection on which nothing whole came; a caller who has said nothing gets no answer."""
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self.transport.close()
        else:
            self._refuse(f"The request did not arrive whole within {self._arrival_s:g} seconds.")

    def _refuse(self, sentence: str) -> None:
        """Answer 400 if nothing was answered yet, and close without cutting the answer off."""
        self._forget()
        self._is_refused = True
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        self._write(sentence)
        self.loop.call_later(LINGER_S, self.transport.abort)

    def _write(self, sentence: str) -> None:
        reply = refusal(MalformedRequest(sentence), str(uuid.uuid4()))
        headers = [*encoded(reply), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=reply.status, headers=headers),
            h11.Data(reply.body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        # They may be gone already.
        with contextlib.suppress(OSError):
            self.transport.write_eof()
