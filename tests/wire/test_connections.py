"""Connections that dribble, stop, leave, crowd or ask for more: none is kept for long, and none holds up another."""

import asyncio
import contextlib
import re
import socket
import time
from multiprocessing.connection import wait

from contract import toy
from wire.frames import GET, GOOD
from wire.patience import ARRIVAL_S, closed_after_s, fed_until_closed
from wire.speaking import LOOPBACK, ask, hear, send

from api.local.gateway import LARGE_AT_ONCE, SMALL_BYTES, Gateway, serve
from api.local.pool import Pool

SLACK_S = 5.0
"""For a busy machine, far below what a hang would take."""
IDLE = 300


def connected(port):
    return socket.create_connection((LOOPBACK, port), SLACK_S)


def rest_of(connection):
    """All that comes until the server closes, and after how many seconds that was."""
    began = time.monotonic()
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: connection.recv(65_536), b"")), time.monotonic() - began
    return b"", time.monotonic() - began


def test_a_head_that_comes_byte_by_byte_ends(echo_port):
    assert closed_after_s(echo_port, every_s=0.05, longest_s=SLACK_S) < SLACK_S


def test_a_body_that_stops_is_told_so(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")

        told = hear(connection, time.monotonic())

    assert (told.status, told.code) == (400, "malformed_request")
    assert "within 1 seconds" in told.json["detail"]


def test_a_caller_that_says_nothing_is_hung_up_on(echo_port):
    with connected(echo_port) as connection:
        said, took_s = rest_of(connection)

    assert said == b""
    assert took_s < ARRIVAL_S + SLACK_S


def test_bytes_after_an_early_refusal_gain_no_time(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 99000000\r\n\r\n")
        told = hear(connection, 0.0)

        took_s = fed_until_closed(connection, every_s=0.05, longest_s=SLACK_S)

    assert told.code == "body_too_large"
    assert took_s < SLACK_S


def test_an_answer_reaches_who_is_still_sending(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-A: " + b"a" * 8_000_000)

        told = hear(connection, 0.0)

    assert (told.status, told.code) == (400, "malformed_request")


def test_requests_in_one_go_are_answered_in_turn(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"".join(ask("GET", f"/{number}") for number in range(20)))

        said, _ = rest_of(connection)

    assert re.findall(rb'"path": "/(\d+)"', said) == [b"%d" % number for number in range(20)]


def test_bytes_beyond_the_announced_body_are_another_request(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(ask("POST", "/v1/jobs", b"{}", Content_Length="1") + b"\r\n\r\n")

        said, _ = rest_of(connection)

    assert re.findall(rb"HTTP/1.1 (\d{3}) ", said) == [b"200", b"400"]


def test_three_hundred_idle_callers_hold_up_nobody(echo_port):
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(connected(echo_port))

        told = send(echo_port, GOOD)

    assert told.status == 200


def test_a_half_closed_connection_is_not_kept(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(GOOD)
        connection.shutdown(socket.SHUT_WR)

        _, took_s = rest_of(connection)

    assert took_s < SLACK_S


def test_a_caller_that_leaves_amid_its_body_leaves_nothing(echo_port):
    for _ in range(20):
        with connected(echo_port) as connection:
            connection.sendall(b"POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{")

    assert send(echo_port, GOOD).status == 200


def test_early_refusals_spare_the_caller_its_body(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99000000\r\nExpect: 100-continue\r\n\r\n")

        assert connection.recv(12) == b"HTTP/1.1 413"


def test_who_expects_to_be_asked_for_the_body_is_asked(echo_port):
    with connected(echo_port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        began = connection.recv(25)
        connection.sendall(b"{}")

        told = hear(connection, 0.0)

    assert (began, told.status) == (b"HTTP/1.1 100 Continue\r\n\r\n", 200)


def test_a_process_is_free_when_its_poller_has_gone():
    gateway = serve(toy.handler, 3, 0)
    with socket.create_server((LOOPBACK, 0)) as told:
        told.settimeout(SLACK_S)
        poll = ask("GET", f"/v1/jobs/x?wait=20&tell={told.getsockname()[1]}")
        with connected(int(gateway.url.rpartition(":")[2])) as connection:
            connection.sendall(poll)
            told.accept()[0].close()
            busy = gateway._pool.workers[0].process
        ended = wait([busy.sentinel], SLACK_S)
        after = send(int(gateway.url.rpartition(":")[2]), GET)
    gateway.stop()

    assert (bool(ended), after.status) == (True, 200)


def test_only_so_many_large_bodies_are_held_at_once():
    asked: list[int] = []

    async def flood():
        gateway = Gateway(Pool(toy.handler, 1))
        callers = [asyncio.ensure_future(gateway(SCOPE, stalling(number, asked), deaf)) for number in range(40)]
        await asyncio.wait(callers, timeout=0.1)
        for caller in callers:
            caller.cancel()

    asyncio.run(flood())

    assert len(asked) == LARGE_AT_ONCE


SCOPE = {"method": "POST", "path": "/", "query_string": b"", "headers": []}


def stalling(number, asked):
    """A body of which the first 64 KB come, and the rest never; `asked` holds who was asked for more."""
    first = [{"type": "http.request", "body": bytes(SMALL_BYTES + 1), "more_body": True}]

    async def receive():
        if first:
            return first.pop()
        asked.append(number)
        return await asyncio.Event().wait()

    return receive


async def deaf(_message):
    """Hear nothing."""
