"""HTTP to function event and back, as API Gateway does it (REST, payload 1.0). Pure: no sockets here."""

import base64
import gzip
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

Event = dict[str, Any]
STAGE = "live"
COMPRESSED_FROM_BYTES = 1_024
COMPRESSED_TYPES = ("application/", "text/")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request, read whole."""

    request_id: str
    verb: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str = "127.0.0.1"

    @property
    def header_bytes(self) -> int:
        """What the request line and the headers weigh."""
        line = len(self.verb) + len(self.path) + len(self.query) + 2
        return line + sum(len(name) + len(value) + 4 for name, value in self.headers)

    @property
    def waits(self) -> bool:
        """Whether the caller asks to be kept waiting."""
        return self.verb == "GET" and dict(parse_qsl(self.query)).get("wait", "0").strip() not in ("", "0")

    @property
    def accepts_gzip(self) -> bool:
        """Whether the answer may be compressed."""
        asked = ",".join(value for name, value in self.headers if name == "accept-encoding").replace(" ", "")
        codings = dict(coding.partition(";q=")[::2] for coding in asked.lower().split(","))
        return ("gzip" in codings and codings["gzip"].strip("0.") != "") or codings.get("gzip") == ""

    def without_waiting(self) -> "Call":
        """The same request, to be answered at once."""
        pairs = [
            (name, "0" if name == "wait" and value.strip().isdigit() else value)
            for name, value in parse_qsl(self.query, keep_blank_values=True)
        ]
        return replace(self, query=urlencode(pairs))


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def event_of(call: Call) -> Event:
    """The event of `call`; a body that is no UTF-8 text comes in base64."""
    pairs = parse_qsl(call.query, keep_blank_values=True)
    text, is_base64 = _body(call)
    return {
        "resource": "/{proxy+}",
        "path": call.path,
        "httpMethod": call.verb,
        "headers": dict(call.headers),
        "multiValueHeaders": _grouped(call.headers),
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _grouped(pairs) or None,
        "pathParameters": {"proxy": call.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "apiId": "local",
            "stage": STAGE,
            "path": f"/{STAGE}{call.path}",
            "httpMethod": call.verb,
            "resourcePath": "/{proxy+}",
            "requestId": call.request_id,
            "identity": {"sourceIp": call.source_ip, "userAgent": dict(call.headers).get("user-agent")},
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def reply_of(answer: Event, call: Call) -> Reply:
    """The HTTP answer that a function's `answer` to `call` asks for, compressed if the caller takes it so."""
    headers = [
        (name.lower(), value) for name, values in (answer.get("multiValueHeaders") or {}).items() for value in values
    ]
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    if call.accepts_gzip and len(body) >= COMPRESSED_FROM_BYTES and _is_compressible(headers):
        body = gzip.compress(body, mtime=0)
        headers.append(("content-encoding", "gzip"))
    return Reply(answer["statusCode"], (*headers, ("content-length", str(len(body)))), body)


def _is_compressible(headers: list[tuple[str, str]]) -> bool:
    """Whether compression would save anything."""
    return any(name == "content-type" and value.startswith(COMPRESSED_TYPES) for name, value in headers)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Each name with all its values, in order."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _body(call: Call) -> tuple[str | None, bool]:
    """The body as the event carries it: text, or base64."""
    is_form = dict(call.headers).get("content-type", "").startswith("multipart/form-data")
    if not call.body:
        return None, False
    if not is_form:
        try:
            return call.body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(call.body).decode(), True
