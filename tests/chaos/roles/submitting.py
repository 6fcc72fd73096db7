"""One submission by the API's own use case, in a process that may die of it."""

import sys
import time
from dataclasses import dataclass
from typing import Any

from chaos.journal import Journal
from chaos.place import Place
from chaos.points import Point
from chaos.roles.healing import Harmless, clock, parts_of
from chaos.seeding import recording
from chaos.traps import Countdown
from chaos.watched import Watched

from api.access.principal import Principal
from api.contract.reading.bodies import Incoming
from api.jobs.submit import accept

FRONTIER = "multipart/form-data; boundary=frontier"
HEAD = b'--frontier\r\nContent-Disposition: form-data; name="audio"; filename="call.wav"\r\n\r\n'


@dataclass(frozen=True, slots=True)
class Submitting:
    """Which call, and where the process dies over it; None for never."""

    key: str
    point: Point | None = None


def submit(place: Place, journal: Journal, how: Submitting) -> None:
    """Send one call with its audio; a second process with the same key is the client that asks again."""
    trap: Any = Countdown(journal, how.point, 1) if how.point else Harmless()
    parts = parts_of(place, Watched(place.world(), "S", journal, trap), journal, clock(0.0))
    incoming = Incoming(FRONTIER, HEAD + recording() + b"\r\n--frontier--\r\n", how.key)
    began = time.monotonic()
    accepted = accept(incoming, Principal(place.tenant, frozenset(), "chaos"), parts)
    journal.note("accepted", accepted.view.id, key=how.key, replayed=accepted.replayed, s=time.monotonic() - began)
    sys.exit(0)
