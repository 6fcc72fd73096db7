"""From a name to addresses that may be connected to: asked once, all of them vetted, within a time."""

import socket
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from api.outbound.addresses import Target, is_loopback, is_public
from api.outbound.failures import Failure, Unanswered

Resolve = Callable[[str, int], list[str]]
"""From host and port to addresses in their standard spelling; raises OSError for a name that has none."""


def look_up(host: str, port: int) -> list[str]:
    """Ask the resolver of this machine; each address once, in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in answers))


def vetted(target: Target, resolve: Resolve, limit_s: float, *, allow_loopback: bool) -> list[str]:
    """The addresses of `target`, every one of which may be connected to.

    One that may not spoils them all: whoever mixes them means to lead us inside at a later attempt.

    Raises:
        Unanswered: `name_not_found`, `address_not_allowed`, or `timeout` after `limit_s`.
    """
    addresses = _ask(resolve, target, limit_s)
    if not addresses:
        raise Unanswered(Failure.NAME_NOT_FOUND)
    if not all(is_public(address) or (allow_loopback and is_loopback(address)) for address in addresses):
        raise Unanswered(Failure.ADDRESS_NOT_ALLOWED)
    return addresses


def _ask(resolve: Resolve, target: Target, limit_s: float) -> list[str]:
    """Resolve in a thread that is left behind when time is up: getaddrinfo itself knows no limit."""
    answer: Future[list[str]] = Future()
    Thread(target=_fill, args=(answer, resolve, target), daemon=True).start()
    try:
        return answer.result(limit_s)
    except TimeoutError:
        raise Unanswered(Failure.TIMEOUT) from None
    except (OSError, UnicodeError):
        raise Unanswered(Failure.NAME_NOT_FOUND) from None


def _fill(answer: Future[list[str]], resolve: Resolve, target: Target) -> None:
    try:
        answer.set_result(resolve(target.host, target.port))
    except (OSError, UnicodeError) as error:
        answer.set_exception(error)
