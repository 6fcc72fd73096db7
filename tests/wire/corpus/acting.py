"""Requests that come at the wrong time, twice, to the wrong place, or in no HTTP (106 to 120)."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from webhooks.hostile import BROKEN, NO_NAME
from webhooks.running import signed
from wire.cases import Case, Request, receiver, storage
from wire.corpus.reading import UNKNOWN, UPLOAD
from wire.speaking import ask, send
from wire.stage import WAV, Stage

from api.outbound.addresses import LONGEST_URL
from shared.emulator.resources import ACCOUNT, REGION, SECRET

CONFLICT, ERASED = (409, "state_conflict"), (410, "erased")
EVENT = json.dumps({"id": "evt_wire", "type": "job.canceled", "data": {}})


def acting(on: str, action: str, verb: str = "POST") -> Request:
    """An action on a job in one state."""

    def request(stage: Stage) -> bytes:
        job = getattr(stage, on)()
        return stage.asking(verb, f"/v1/jobs/{job['id']}{action}")

    return request


def again(first: Request, then: Request) -> Request:
    """The second of two requests."""

    def request(stage: Stage) -> bytes:
        stage.done(first(stage))
        return then(stage)

    return request


def keyed(path: str, body: object, tenant: str = "sales", key: str = "wire-1") -> Request:
    return lambda stage: stage.asking("POST", path, body, tenant=tenant, Idempotency_Key=key)


def erasing_twice(stage: Stage) -> bytes:
    """The second time the receipt is that of the first."""
    erasing = acting("waiting", "", "DELETE")(stage)
    assert stage.done(erasing)["id"] == stage.done(erasing)["id"]
    return erasing


def refused(url: str) -> str:
    """What a hostile URL is refused with; one without a length that a URL may have is no valid field."""
    return "url_not_allowed" if 0 < len(url) <= LONGEST_URL else "validation_failed"


def registering(url: str) -> Request:
    return lambda stage: stage.asking("POST", "/v1/webhooks", json.dumps({"url": url}).encode())


def putting(body: bytes = WAV, key: str = "", times: int = 1, **changed: str) -> Request:
    """An upload to a signed place, with another body, key or header than was signed."""

    def request(stage: Stage) -> bytes:
        place = stage.waiting()["upload"]
        parts = urlsplit(place["url"])
        headers = {name.replace("-", "_"): value for name, value in place["headers"].items()}
        path = f"/{parts.path.split('/')[1]}/{key}" if key else parts.path
        sent = ask("PUT", f"{path}?{parts.query}", body, **{**headers, "Host": parts.netloc, **changed})
        for _ in range(times - 1):
            assert send(stage.storage_port, sent).status == 200
        return sent

    return request


def expired(stage: Stage) -> bytes:
    """An upload to a place that was signed an hour ago, for a minute."""
    then = datetime.fromtimestamp(time.time(), UTC) - timedelta(hours=1)  # noqa: TID251 - the emulator has the real clock
    host, path = f"127.0.0.1:{stage.storage_port}", f"/{stage.bucket}/audio/sales/{UNKNOWN}"
    scope = f"{then:%Y%m%d}/{REGION}/s3/aws4_request"
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{ACCOUNT}/{scope}",
        "X-Amz-Date": f"{then:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": "60",
        "X-Amz-SignedHeaders": "host",
    }
    signed_query = urlencode(query, quote_via=quote)
    canonical = "\n".join(["PUT", path, signed_query, f"host:{host}\n", "host", "UNSIGNED-PAYLOAD"])
    told = "\n".join(
        [query["X-Amz-Algorithm"], query["X-Amz-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = f"AWS4{SECRET}".encode()
    for step in scope.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    return ask("PUT", f"{path}?{signed_query}&X-Amz-Signature={hmac.new(key, told.encode(), 'sha256').hexdigest()}", WAV, Host=host)  # fmt: skip


def delivered(body: str = EVENT, **changed: str) -> Request:
    """A webhook to the example of a receiver."""

    def request(stage: Stage) -> bytes:
        assert stage.receiver
        named = {name.replace("-", "_"): value for name, value in signed(EVENT).items()}
        return ask("POST", "/", body, **{**named, **changed})

    return request


KEYS = (
    Case("106", "key with other body", again(keyed("/v1/jobs", UPLOAD), keyed("/v1/jobs", {**UPLOAD, "tags": ["b"]})), 422, "idempotency_key_reused", way="another body|new key|Idempotency-Key"),
    Case("107", "same key, other tenant", again(keyed("/v1/jobs", UPLOAD, key="k2"), keyed("/v1/jobs", {**UPLOAD, "tags": ["b"]}, "support", "k2")), 202),
    Case("107b", "same key, other route", again(keyed("/v1/jobs", UPLOAD, key="k3"), keyed("/v1/erasures", {"reference": "x"}, key="k3")), 202),
    Case("107c", "same key, same body", again(keyed("/v1/jobs", UPLOAD, key="k4"), keyed("/v1/jobs", UPLOAD, key="k4")), 202, header="idempotency-replayed"),
)  # fmt: skip
STATES = (
    Case("109", "cancel of completed", acting("completed", "/cancel"), *CONFLICT),
    Case("109b", "cancel of failed", acting("failed", "/cancel"), *CONFLICT),
    Case("109c", "cancel of canceled", acting("canceled", "/cancel"), 200),
    Case("109d", "retry of queued", acting("queued", "/retry"), *CONFLICT),
    Case("110", "transcript too early", acting("queued", "/transcript", "GET"), 409, "not_ready", header="retry-after"),
    Case("110b", "transcript of failed", acting("failed", "/transcript", "GET"), 409, "no_transcript"),
    Case("110c", "recording too early", acting("queued", "/audio", "GET"), 409, "not_ready", header="retry-after"),
    Case("110d", "recording of failed", acting("failed", "/audio", "GET"), 409, "no_recording"),
    Case("110e", "peaks of failed", acting("failed", "/peaks", "GET"), 409, "no_recording"),
    Case("112", "unknown method", lambda s: s.asking("BREW", "/v1/jobs"), 405, "method_not_allowed", header="allow"),
    Case("112b", "method of another route", lambda s: s.asking("DELETE", "/v1/jobs"), 405, "method_not_allowed", header="allow"),
    Case("117", "complete without object", acting("waiting", "/upload/complete"), 409, "upload_missing"),
    Case("118", "complete twice", acting("queued", "/upload/complete"), 200),
    Case("119", "erase twice", erasing_twice, 202),
    Case("119b", "read after erasing", acting("erased", "", "GET"), *ERASED),
    Case("119c", "cancel after erasing", acting("erased", "/cancel"), *ERASED),
    Case("119d", "transcript after erasing", acting("erased", "/transcript", "GET"), *ERASED),
    Case("119e", "recording after erasing", acting("erased", "/audio", "GET"), *ERASED),
    Case("119f", "peaks after erasing", acting("erased", "/peaks", "GET"), *ERASED),
)  # fmt: skip
UPLOADS = (
    Case("115", "PUT of another size", putting(WAV + b"x"), 403, at=storage),
    Case("115b", "PUT to another key", putting(key=f"audio/support/{UNKNOWN}"), 403, at=storage),
    Case("115c", "PUT of another type", putting(Content_Type="audio/wav"), 403, at=storage),
    Case("115d", "second PUT", putting(times=2), 412, at=storage),
    Case("115e", "PUT that may replace", putting(If_None_Match="x"), 403, at=storage),
    Case("116", "PUT after expiry", expired, 403, at=storage),
)
HEADS = (
    Case("113", "100 headers of 8 kB", lambda s: s.asking("GET", "/v1/jobs", **{f"X_{n}": "a" * 8_000 for n in range(100)}), 400, "malformed_request"),
    Case("113b", "10,241 bytes of head", lambda s: s.asking("GET", "/v1/jobs", X_Long="a" * 10_241), 400, "malformed_request", way="10,240 bytes"),
    Case("113c", "request line of 80 KB", lambda s: s.asking("GET", "/" + "a" * 90_000), 400, "malformed_request"),
)  # fmt: skip
RECEIVED = (
    Case("120", "stale webhook", delivered(webhook_timestamp="1"), 400, at=receiver),
    Case("120b", "forged webhook", delivered(webhook_signature="v1," + "A" * 43 + "="), 400, at=receiver),
    Case("120c", "malformed signature", delivered(webhook_signature="no comma"), 400, at=receiver),
    Case("120d", "changed webhook", delivered(EVENT.replace("canceled", "completed")), 400, at=receiver),
)
UNSENDABLE = ("\ud800", "\0")
URLS = tuple(
    Case(f"108.{number}", f"URL {url[:60]!a}", registering(url), 422, refused(url), way="URL|not valid")
    for number, url in enumerate([*(f"https://{host}/calls" for host in NO_NAME), *BROKEN], 1)
    # What no string of JSON may hold is refused as such (100, 101).
    if not any(character in url for character in UNSENDABLE)
)
CASES = (*KEYS, *URLS, *STATES, *UPLOADS, *HEADS, *RECEIVED)
