"""Requests that cannot be read, or say what may not be said: keys, ids, bodies, fields, queries (89 to 105, 111)."""

import gzip
import json
from collections.abc import Callable
from typing import Any

from wire.cases import Case, Request
from wire.speaking import ask
from wire.stage import WAV, Stage

UPLOAD = {"audio": {"upload": {"bytes": len(WAV)}}}
UNKNOWN = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
EMPTY_KEY = "csk_0000000000_" + "A" * 43
MALFORMED, FAILED, NOT_FOUND = (400, "malformed_request"), (422, "validation_failed"), (404, "not_found")

CURSOR = (422, "cursor_invalid")


def submitting(body: Any, **headers: str) -> Request:
    return lambda stage: stage.submitting(body, **headers)


def wish(**fields: Any) -> Request:
    return submitting({**UPLOAD, **fields})


def reading(path: str) -> Request:
    return lambda stage: stage.asking("GET", path)


def with_key(authorization: str) -> Request:
    return lambda _stage: ask("GET", "/v1/jobs", Authorization=authorization)


def with_cursor(path: str, change: Callable[[str], str] = str, tenant: str = "sales") -> Request:
    """A list with the cursor that `/v1/jobs?limit=1` of the first tenant gives."""

    def request(stage: Stage) -> bytes:
        stage.waiting(), stage.waiting()
        cursor = stage.done(stage.asking("GET", "/v1/jobs?limit=1"))["next_cursor"]
        return stage.asking("GET", f"{path}&cursor={change(cursor)}", tenant=tenant)

    return request


def deep(opening: str, closing: str, levels: int) -> bytes:
    return f'{{"metadata":{opening * levels}{closing * levels}}}'.encode()


CALLERS = (
    Case("89", "no key", lambda _: ask("GET", "/v1/jobs"), 401, "unauthenticated", header="www-authenticate"),
    Case("89b", "unknown key", with_key(f"Bearer {EMPTY_KEY}"), 401, "unauthenticated", header="www-authenticate"),
    Case("89c", "another scheme", with_key("Basic YTpi"), 401, "unauthenticated", header="www-authenticate"),
    Case("89d", "key in Latin-1", with_key("Bearer csk_\xe9"), 401, "unauthenticated"),
    Case("89e", "key of 8 KB", with_key("Bearer csk_" + "a" * 8_000), 401, "unauthenticated"),
    Case("89f", "key in the query alone", lambda s: ask("GET", f"/v1/jobs?key={s.key()}"), 401, "unauthenticated"),
    Case("89g", "unknown path, no key", lambda _: ask("GET", "/nowhere"), 401, "unauthenticated"),
    Case("90", "other tenant's job", lambda s: s.asking("GET", f"/v1/jobs/{s.waiting()['id']}", tenant="support"), *NOT_FOUND),
)  # fmt: skip
PATHS = (
    Case("91", "malformed id", reading("/v1/jobs/job_123"), *NOT_FOUND),
    Case("91b", "id in lower case", reading(f"/v1/jobs/{UNKNOWN.lower()}"), *NOT_FOUND),
    Case("91c", "id of another kind", reading(f"/v1/jobs/{UNKNOWN.replace('job', 'bat')}"), *NOT_FOUND),
    Case("91d", "unknown id", reading(f"/v1/jobs/{UNKNOWN}"), *NOT_FOUND),
    Case("92", "../", reading("/v1/jobs/../../etc/passwd"), *NOT_FOUND),
    Case("92b", "%2e%2e", reading("/v1/jobs/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), *NOT_FOUND),
    Case("92c", "%00", reading("/v1/jobs/%00"), *NOT_FOUND),
    Case("92d", "id of 4 kB", reading(f"/v1/jobs/{'a' * 4_096}"), *NOT_FOUND),
    Case("92e", "id and NUL", reading(f"/v1/jobs/{UNKNOWN}%00"), *NOT_FOUND),
    Case("92f", "id and line feed", reading(f"/v1/jobs/{UNKNOWN}%0a"), *NOT_FOUND),
    Case("92g", "bytes that are no UTF-8", reading("/v1/jobs/%ff%fe"), *NOT_FOUND),
    Case("92h", "two slashes", reading("//v1/jobs"), *NOT_FOUND),
    Case("92i", "slash at the end", reading("/v1/jobs/"), *NOT_FOUND),
    Case("92j", "upper case", reading("/V1/JOBS"), *NOT_FOUND),
    Case("92k", "a header behind a line feed", reading("/v1/jobs/%0d%0aX-Evil:%201"), *NOT_FOUND),
    Case("92l", "path of 8 kB", reading("/" + "a/" * 4_000), *NOT_FOUND),
    Case("92m", "broken escape", reading("/v1/jobs/%zz%"), *NOT_FOUND),
)
BODIES = (
    Case("93", "257 KB body", submitting(b'{"reference":"' + b"a" * 263_168 + b'"}'), 413, "body_too_large", way="large"),
    Case("93b", "11 MB announced", submitting(b"", Content_Length="11000000"), 413, "body_too_large", way="large"),
    Case("94", "wrong content type", submitting(b"a=1", Content_Type="text/plain"), 415, "unsupported_media_type"),
    Case("94b", "no content type", lambda s: ask("POST", "/v1/jobs", "{}", Authorization=f"Bearer {s.key()}"), 415, "unsupported_media_type"),
    Case("94c", "a form of HTML", submitting(b"a=1", Content_Type="application/x-www-form-urlencoded"), 415, "unsupported_media_type"),
    Case(
        "94d", "a compressed body", submitting(gzip.compress(b"{}"), Content_Encoding="gzip"), *MALFORMED, way="UTF-8"
    ),
    Case("95", "invalid JSON", submitting(b'{"audio":'), *MALFORMED, way="JSON"),
    Case("95b", "no UTF-8", submitting(b'{"reference":"\xff"}'), *MALFORMED, way="UTF-8"),
    Case("95c", "no body", submitting(b""), 415, "unsupported_media_type"),
    Case("95d", "byte order mark", submitting(b"\xef\xbb\xbf{}"), *MALFORMED, way="JSON"),
    Case("95e", "something behind it", submitting(b"{} {}"), *MALFORMED, way="JSON"),
    Case("95f", "a list", submitting(b"[]"), *FAILED, field="", way="object"),
    Case("95g", "UTF-16", submitting('{"audio":1}'.encode("utf-16")), *MALFORMED, way="UTF-8|JSON"),
    Case("95h", "a comment", submitting(b'{/**/"audio":1}'), *MALFORMED, way="JSON"),
    Case("95i", "a comma too many", submitting(b'{"audio":1,}'), *MALFORMED, way="JSON"),
    Case("95j", "raw control character", submitting(b'{"reference":"\x01"}'), *MALFORMED, way="JSON"),
    Case("95k", "131,072 quotes, none a string", submitting(b'\\"' * 131_000), *MALFORMED, way="JSON"),
    Case("95l", "a string without an end", submitting(b'"' + b"\\" * 262_000), *MALFORMED, way="JSON"),
    Case("96", "duplicate keys", submitting(b'{"lane":"batch","lane":"interactive"}'), *MALFORMED, way="twice"),
    Case("96b", "duplicate keys, one escaped", submitting(b'{"lane":"batch","l\\u0061ne":"batch"}'), *MALFORMED, way="twice"),
    Case("96c", "duplicate keys within", submitting(b'{"metadata":{"a":"1","a":"2"}}'), *MALFORMED, way="twice"),
    Case("97", "depth 10,000", submitting(deep("[", "]", 10_000)), *MALFORMED, way="32 levels"),
    Case("97b", "depth 33 of objects", submitting(deep('{"a":', "}", 33).replace(b":}", b":1}", 1)), *MALFORMED, way="32 levels"),
    Case("97c", "depth 100,000, no end", submitting(b"[" * 100_000), *MALFORMED, way="32 levels"),
    Case("98", "NaN", submitting(b'{"audio":NaN}'), *MALFORMED, way="NaN"),
    Case("98b", "-Infinity", submitting(b'{"audio":-Infinity}'), *MALFORMED, way="Infinity"),
    Case("99", "1e400", submitting(b'{"audio":1e400}'), *MALFORMED, way="large"),
    Case("99b", "5,000 digits", submitting(b'{"audio":' + b"9" * 5_000 + b"}"), *MALFORMED, way="JSON"),
)  # fmt: skip
FIELDS = (
    Case("100", "NUL", wish(reference="a\0b"), *FAILED, field="/reference", way="NUL"),
    Case("100b", "NUL in a name", wish(metadata={"a\0": "b"}), *FAILED, field="/metadata", way="NUL"),
    Case("101", "lone surrogate", submitting(json.dumps({**UPLOAD, "tags": ["\ud800"]}).encode()), *FAILED, field="/tags/0", way="surrogate"),
    Case("102", "unknown field", wish(options={"langauge": "fr"}), *FAILED, field="/options/langauge", way="Did you mean 'language'"),
    Case("102b", "20,000 unknown fields", submitting({f"a{n}": 1 for n in range(20_000)}), *FAILED, field="/a0", way="Unknown"),
    Case("102c", "__proto__", wish(__proto__={"a": 1}), *FAILED, field="/__proto__", way="Unknown"),
    Case("102d", "a name of 200 KB", wish(**{"a" * 200_000: 1}), *FAILED, field="/" + "a" * 200_000, way="Unknown"),
    Case("103", "language xx", wish(options={"language": "xx"}), *FAILED, field="/options/language", way="Supported: .*fr"),
    Case("104", "negative size", submitting({"audio": {"upload": {"bytes": -1}}}), *FAILED, field="/audio/upload/bytes", way="at least 1"),
    Case("104b", "size 0", submitting({"audio": {"upload": {"bytes": 0}}}), *FAILED, field="/audio/upload/bytes", way="at least 1"),
    Case("105", "2^63", submitting({"audio": {"upload": {"bytes": 2**63}}}), *FAILED, field="/audio/upload/bytes", way="at most 536,870,912"),
    Case("105b", "-2^63", submitting({"audio": {"upload": {"bytes": -(2**63)}}}), *FAILED, field="/audio/upload/bytes", way="at least 1"),
    Case("105c", "10^4000", submitting({"audio": {"upload": {"bytes": 10**4_000}}}), *FAILED, field="/audio/upload/bytes", way="at most|whole number"),
    Case("105d", "a number as text", submitting({"audio": {"upload": {"bytes": "7"}}}), *FAILED, field="/audio/upload/bytes", way="whole number"),
    Case("105e", "true as a number", submitting({"audio": {"upload": {"bytes": True}}}), *FAILED, field="/audio/upload/bytes", way="whole number"),
    Case("105f", "50,000 tags", wish(tags=[1] * 50_000), *FAILED, field="/tags/0", way="string"),
    Case("105g", "year 9999", wish(deadline_at="9999-12-31T23:59:59-14:00"), *FAILED, field="/deadline_at", way="between"),
    Case("105h", "audio from the web", submitting({"audio": {"s3_uri": "https://example.com/a.wav"}}), *FAILED, field="/audio/s3_uri", way="s3://"),
    Case("105i", "a foreign bucket", submitting({"audio": {"s3_uri": "s3://somebody-elses/a.wav"}}), 422, "bucket_not_allowed"),
    Case("105j", "an object that is not there", submitting({"audio": {"s3_uri": "s3://callscribe-local-recordings/../a"}}), 422, "audio_not_found"),
    Case("105k", "an empty reference, an emoji", wish(reference="", tags=["\U0001f4de"]), 202, header="location"),
    Case("105l", "Idempotency-Key with a space", submitting(UPLOAD, Idempotency_Key="a b"), *MALFORMED, way="128 visible ASCII"),
    Case("105m", "Idempotency-Key of 129", submitting(UPLOAD, Idempotency_Key="a" * 129), *MALFORMED, way="128 visible ASCII"),
    Case("105n", "Idempotency-Key in Latin-1", submitting(UPLOAD, Idempotency_Key="\xe9"), *MALFORMED, way="128 visible ASCII"),
)  # fmt: skip
QUERIES = (
    Case("111", "limit 10^9", reading("/v1/jobs?limit=1000000000"), *FAILED, field="/query/limit", way="at most 100"),
    Case("111b", "forged cursor", reading("/v1/jobs?cursor=c1.eyJhZnRlciI6IjAifQ.AAAAAAAAAAAAAAAAAAAAAA"), *CURSOR, way="cursor"),
    Case("111c", "cursor of another form", reading("/v1/jobs?cursor=c1.%00"), *CURSOR, way="cursor"),
    Case("111d", "wait 10^9", lambda s: s.asking("GET", f"/v1/jobs/{s.waiting()['id']}?wait=1000000000"), *FAILED, field="/query/wait", way="at most 20"),
    Case("111e", "unknown parameter", reading("/v1/jobs?a=1"), *FAILED, field="/query/a", way="Unknown"),
    Case("111f", "NUL in a parameter", reading("/v1/jobs?status=%00"), *FAILED, field="/query/status/0", way="Allowed"),
    Case("111g", "limit twice", reading("/v1/jobs?limit=1&limit=0"), *FAILED, field="/query/limit", way="at least 1"),
    Case("111i", "cursor of another tenant", with_cursor("/v1/jobs?limit=1", tenant="support"), *CURSOR, way="cursor"),
    Case("111j", "cursor of other filters", with_cursor("/v1/jobs?limit=1&lane=batch"), *CURSOR, way="same filters"),
    Case("111k", "cursor of another list", with_cursor("/v1/batches?limit=1"), *CURSOR, way="same list"),
    Case("111l", "changed cursor", with_cursor("/v1/jobs?limit=1", lambda c: c[:5] + chr(ord(c[5]) ^ 1) + c[6:]), *CURSOR, way="cursor"),
    Case("111m", "its own cursor", with_cursor("/v1/jobs?limit=1"), 200),
    Case("111h", "a parameter where none is known", reading("/v1/models?a=1"), *FAILED, field="/query/a", way="Unknown"),
)  # fmt: skip
CASES = (*CALLERS, *PATHS, *BODIES, *FIELDS, *QUERIES)
