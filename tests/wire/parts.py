"""Multipart bodies that are broken, or hold what nobody asked for; each with its answer."""

from dataclasses import dataclass, field

FORM = "multipart/form-data; boundary=x"
BROKEN, REFUSED = (400, "malformed_request"), (422, "validation_failed")
AUDIO = b'--x\r\nContent-Disposition: form-data; name="audio"\r\n\r\nRIFF\x24\x00\x00\x00WAVEfmt \r\n'
END = b"--x--\r\n"


@dataclass(frozen=True)
class Body:
    what: str
    raw: bytes
    answer: tuple[int, str] = field(default=BROKEN)
    kind: str = FORM


def part(name: bytes, content: bytes = b"x", head: bytes = b"") -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="' + name + b'"\r\n' + head + b"\r\n" + content + b"\r\n"


BODIES = (
    Body("1,000 parts", b"".join(part(b"%d" % n) for n in range(1_000)) + END, REFUSED),
    Body("1,000 times audio", AUDIO * 1_000 + END),
    Body("two audio parts", AUDIO + AUDIO + END),
    Body("two job parts", AUDIO + part(b"job", b"{}") * 2 + END),
    Body("no audio", part(b"job", b"{}") + END, REFUSED),
    Body("no parts", END, REFUSED),
    Body("no body", b"", BROKEN),
    Body("no boundary", AUDIO + END, kind="multipart/form-data"),
    Body("an empty boundary", AUDIO + END, kind="multipart/form-data; boundary="),
    Body("another boundary", AUDIO + END, kind="multipart/form-data; boundary=y"),
    Body("a boundary of 300", AUDIO + END, kind=f"multipart/form-data; boundary={'x' * 300}"),
    Body("a boundary that is no ASCII", AUDIO + END, kind="multipart/form-data; boundary=\xe9"),
    Body("a boundary in parts", AUDIO + END, kind="multipart/form-data; boundary*0=x; boundary*1=y"),
    Body("cut in a part", AUDIO[:-20]),
    Body("cut after a part", AUDIO),
    Body("a head of a part of 1 MB", part(b"audio", head=b"X-A: " + b"a" * (1 << 20) + b"\r\n") + END),
    Body("100,000 heads of a part", part(b"audio", head=b"A: b\r\n" * 100_000) + END),
    Body("a name of 1 MB", part(b"a" * (1 << 20)) + END),
    Body("a part without a name", b"--x\r\n\r\nRIFF\r\n" + END, REFUSED),
    Body("name twice", b'--x\r\nContent-Disposition: form-data; name="audio"; name="evil"\r\n\r\nx\r\n' + END, REFUSED),
    Body("a name with NUL", part(b"audio\0") + END, REFUSED),
    Body("a name that is no UTF-8", part(b"\xff") + END, REFUSED),
    Body("audio over 4 MB", part(b"audio", bytes(4_000_001)) + END, (413, "body_too_large")),
    Body("a job over 256 KB", AUDIO + part(b"job", b" " * 262_145) + END, (413, "body_too_large")),
    Body("a job that is no JSON", AUDIO + part(b"job", b"{") + END),
    Body("a job with a field of JSON", AUDIO + part(b"job", b'{"audio":{}}') + END, REFUSED),
    Body("audio that is text", part(b"audio", b"hello") + END, (415, "unsupported_format")),
    Body("audio without bytes", part(b"audio", b"") + END, (422, "empty_file")),
    Body("a form within a form", part(b"audio", b"--y\r\n\r\n--y--", b"Content-Type: multipart/mixed; boundary=y\r\n") + END, (415, "unsupported_format")),
)  # fmt: skip
