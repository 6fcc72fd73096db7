"""Frames of HTTP that are broken, ambiguous, of another protocol, or only unusual; with the statuses they may get.

0 stands for a connection that was closed without an answer.
"""

from dataclasses import dataclass, field

from wire.speaking import ask

GET = ask("GET", "/v1/health")
GOOD = GET
BAD = frozenset({400})
NO_KEY = frozenset({401})


@dataclass(frozen=True)
class Frame:
    what: str
    raw: bytes
    statuses: frozenset[int] = field(default=BAD)


def head(*lines: bytes, verb: bytes = b"POST") -> bytes:
    return b"\r\n".join([verb + b" /v1/jobs HTTP/1.1", b"Host: a", *lines, b"", b""])


def chunked(body: bytes, *lines: bytes) -> bytes:
    return head(b"Transfer-Encoding: chunked", *lines) + body


CHUNKS = (
    Frame("good chunks", chunked(b"2\r\n{}\r\n0\r\n\r\n"), NO_KEY),
    Frame("a chunk size that is no number", chunked(b"zz\r\n{}\r\n0\r\n\r\n")),
    Frame("a negative chunk size", chunked(b"-2\r\n{}\r\n0\r\n\r\n")),
    Frame("a chunk size of 40 digits", chunked(b"F" * 40 + b"\r\n{}\r\n")),
    Frame("a chunk shorter than its size", chunked(b"5\r\n{}\r\n0\r\n\r\n")),
    Frame("a chunk longer than its size", chunked(b"1\r\n{}\r\n0\r\n\r\n")),
    Frame("chunks without an end", chunked(b"2\r\n{}\r\n")),
    Frame(
        "a chunk extension of 100 KB", chunked(b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"), frozenset({400, 401})
    ),
    Frame("trailers of 100 KB", chunked(b"0\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n"), frozenset({400, 401})),
    Frame(
        "11 MB in chunks",
        chunked((b"100000\r\n" + bytes(1 << 20) + b"\r\n") * 11 + b"0\r\n\r\n"),
        frozenset({400, 413}),
    ),
)
LENGTHS = (
    Frame("a length longer than the body", head(b"Content-Length: 9") + b"{}"),
    Frame("a negative length", head(b"Content-Length: -2") + b"{}"),
    Frame("a length with a sign", head(b"Content-Length: +2") + b"{}"),
    Frame("a length in hexadecimal", head(b"Content-Length: 0x2") + b"{}"),
    Frame("an empty length", head(b"Content-Length: ") + b"{}"),
    Frame("a length of 30 digits", head(b"Content-Length: " + b"9" * 30) + b"{}"),
    Frame("two lengths", head(b"Content-Length: 2", b"Content-Length: 3") + b"{}"),
    Frame("two lengths in one", head(b"Content-Length: 2, 3") + b"{}"),
    Frame("length and chunks", chunked(b"0\r\n\r\n", b"Content-Length: 2")),
    Frame("chunks and length, a request within", chunked(b"0\r\n\r\n" + GET, b"Content-Length: 5")),
    Frame("chunks of another coding", head(b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n"),
    Frame("chunked twice", head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    Frame("chunked, hidden", head(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n"),
    Frame("chunks in HTTP/1.0", chunked(b"0\r\n\r\n").replace(b"1.1", b"1.0"), frozenset({400, 401})),
)
HEADERS = (
    Frame("NUL in a header", head(b"X-A: a\0b")),
    Frame("a line feed in a header", head(b"X-A: a\nContent-Length: 0", b"X-B: b"), frozenset({400, 401})),
    Frame("a carriage return in a header", head(b"X-A: a\rb")),
    Frame("a header without a colon", head(b"X-A")),
    Frame("a header without a name", head(b": a")),
    Frame("a space before the colon", head(b"Content-Length : 0")),
    Frame("a folded header", head(b"X-A: a", b" b"), frozenset({400, 401})),
    Frame("a name that is no ASCII", head(b"X-\xc3\xa9: a")),
    Frame("no host", b"GET /v1/health HTTP/1.1\r\n\r\n"),
    Frame("two hosts", b"GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    Frame("a host with a line feed", b"GET /v1/health HTTP/1.1\r\nHost: a\nX-B: c\r\n\r\n", frozenset({200, 400})),
    Frame("10,241 bytes of head", b"GET /v1/health HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 10_300 + b"\r\n\r\n"),
    Frame("2,000 headers", b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 2_000 + b"\r\n"),
    Frame("a megabyte of head", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 170_000),
    Frame("many forwarders", head(b"X-Forwarded-For: " + b"1.2.3.4, " * 500, b"X-Forwarded-Proto: \xff", verb=b"GET"), NO_KEY),
)  # fmt: skip
LINES = (
    Frame("an absolute target", b"GET http://a/v1/health HTTP/1.1\r\nHost: a\r\n\r\n", frozenset({200, 400, 401})),
    Frame("a target elsewhere", b"GET http://169.254.169.254/ HTTP/1.1\r\nHost: a\r\n\r\n", frozenset({400, 401})),
    Frame("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", frozenset({400, 401})),
    Frame("a tunnel", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n", frozenset({400, 401})),
    Frame("HTTP/1.0", b"GET /v1/health HTTP/1.0\r\n\r\n", frozenset({200})),
    Frame("HTTP/0.9", b"GET /v1/health\r\n\r\n"),
    Frame("HTTP/3.7", b"GET /v1/health HTTP/3.7\r\nHost: a\r\n\r\n", frozenset({200, 400})),
    Frame("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", frozenset({400, 401})),
    Frame("TLS", bytes.fromhex("160301020001000 1fc0303".replace(" ", "")) + bytes(508)),
    Frame("SMTP", b"EHLO example.com\r\n\r\n"),
    Frame("bare line feeds", b"GET /v1/health HTTP/1.1\nHost: a\n\n", frozenset({200, 400})),
    Frame("empty lines first", b"\r\n" * 5 + GET, frozenset({200, 400})),
    Frame("nothing but empty lines", b"\r\n" * 50_000),
    Frame("a space in the target", b"GET /v1/ health HTTP/1.1\r\nHost: a\r\n\r\n"),
    Frame("bytes in the target", b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n"),
    Frame("a verb of 50 KB", b"A" * 50_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n"),
    Frame("a web socket", head(b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", verb=b"GET"), NO_KEY),
    Frame("h2c", head(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk", verb=b"GET"), NO_KEY),
    Frame("another expectation", head(b"Expect: coffee", verb=b"GET"), NO_KEY),
    Frame("two keys", head(b"Authorization: Bearer a", b"Authorization: Bearer b", verb=b"GET"), NO_KEY),
    Frame("64 KB of noise", bytes(range(256)) * 256),
)  # fmt: skip
FRAMES = (*CHUNKS, *LENGTHS, *HEADERS, *LINES)
