"""Attempts against real receivers on loopback: good ones, slow ones and broken ones."""

import pytest
from webhooks.attempts import BODY, SLACK_S, SLOW_S, attempt, local, post, said
from webhooks.listening import Receiver, Tunnel, answering, closing, dribbling, saying, silent

from api.outbound.failures import Failure


def test_the_message_arrives_as_it_was_signed():
    with Receiver(answering("200 OK", body=b"thanks")) as receiver:
        delivered = post(local(), receiver.url)

    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    assert (said(delivered), first, body) == ((200, None, None), "POST /hook HTTP/1.1", BODY)
    assert sorted(fields) == [
        "Connection: close",
        f"Content-Length: {len(BODY)}",
        f"Host: 127.0.0.1:{receiver.port}",
        "content-type: application/json",
        "webhook-id: evt_1",
    ]


@pytest.mark.parametrize("status", [200, 202, 204, 301, 400, 404, 410, 500, 503])
def test_any_status_is_an_answer(status):
    assert said(attempt(answering(f"{status} So"))) == (status, None, None)


@pytest.mark.parametrize(
    ("field", "asked_s"),
    [
        ("Retry-After: 120", 120),
        ("retry-after: Thu, 15 Jan 2026 10:02:11 GMT", 120),
        ("Retry-After: soon", None),
        ("Retry-After: \xe9", None),
    ],
)
def test_a_wish_to_wait_is_noted(field, asked_s):
    raw = f"HTTP/1.1 429 Slow\r\n{field}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")

    assert said(attempt(saying(raw))) == (429, asked_s, None)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_inward_is_not_followed(code):
    with Receiver(answering("200 OK")) as inner:
        delivered = attempt(answering(f"{code} Moved", f"Location: {inner.url}"))

    assert said(delivered) == (code, None, None)
    assert inner.connections == 0


def test_each_attempt_has_its_own_connection():
    with Receiver(answering("200 OK", "Connection: keep-alive")) as receiver:
        sender = local()
        statuses = [post(sender, receiver.url).status for _ in range(2)]

    assert (statuses, receiver.connections) == ([200, 200], 2)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    with Receiver(answering("200 OK")) as proxy, Receiver(answering("204 None")) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        delivered = post(local(), receiver.url)

    assert (delivered.status, proxy.connections) == (204, 0)


def test_nobody_listening_is_told():
    with Receiver(closing) as receiver:
        url = receiver.url

    assert said(post(local(), url)) == (None, None, Failure.CONNECTION_REFUSED)


def test_hanging_up_at_once_is_told():
    assert said(attempt(closing)) == (None, None, Failure.CONNECTION_CLOSED)


def test_hanging_up_after_the_request_is_told():
    assert said(attempt(saying(b""))) == (None, None, Failure.CONNECTION_CLOSED)


@pytest.mark.parametrize(
    "behave",
    [silent, dribbling(b""), dribbling(b"HTTP/1.1 2"), dribbling(b"HTTP/1.1 200 OK\r\nA: ")],
    ids=["silent", "from the start", "in the status", "in a header"],
)
def test_a_receiver_gains_no_time_by_dribbling(behave):
    delivered = attempt(behave, total_s=SLOW_S)

    assert said(delivered) == (None, None, Failure.TIMEOUT)
    assert SLOW_S <= delivered.elapsed_s < SLOW_S + SLACK_S


def test_an_answer_counts_before_its_body_ends():
    delivered = attempt(dribbling(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), total_s=SLOW_S)

    assert said(delivered) == (200, None, None)
    assert SLOW_S <= delivered.elapsed_s < SLOW_S + SLACK_S


class Counting(Tunnel):
    """Counts what is read of an answer."""

    def connect_tcp(self, *args, **kwargs):
        stream = super().connect_tcp(*args, **kwargs)
        read = stream.read

        def counted(max_bytes, timeout=None):
            data = read(max_bytes, timeout)
            self.received_bytes += len(data)
            return data

        stream.read = counted
        return stream


def in_two_parts(connection, receiver):
    receiver.read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
    receiver.stopped.wait(0.02)
    connection.sendall(b"x" * 10_000_000)


@pytest.mark.parametrize("behave", [answering("200 OK", body=b"x" * 10_000_000), in_two_parts])
def test_of_a_long_answer_little_is_read(behave):
    with Receiver(behave) as receiver:
        network = Counting(receiver.port)
        delivered = post(local(network=network), receiver.url)

    assert said(delivered) == (200, None, None)
    assert network.received_bytes == 4096


@pytest.mark.parametrize("raw", [b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000, b"HTTP/1.1 103 Early\r\n\r\n" * 5_000])
def test_a_head_without_end_is_too_long(raw):
    assert said(attempt(saying(raw))) == (None, None, Failure.TOO_LONG_ANSWER)


def test_a_head_full_of_policies_is_read():
    raw = b"HTTP/1.1 200 OK\r\nPolicy: " + b"x" * 12_000 + b"\r\nContent-Length: 0\r\n\r\n"

    assert said(attempt(saying(raw))) == (200, None, None)


@pytest.mark.parametrize(
    "raw",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 000 No\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello",
    ],
)
def test_what_is_no_http_is_a_bad_answer(raw):
    assert said(attempt(saying(raw))) == (None, None, Failure.BAD_ANSWER)


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 99\r\n\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"\r\nuntil the end",
    ],
)
def test_a_status_stands_whatever_the_body_is(rest):
    assert said(attempt(saying(b"HTTP/1.1 200 OK\r\n" + rest))) == (200, None, None)
