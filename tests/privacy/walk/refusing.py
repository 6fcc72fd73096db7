"""Every route refuses, in every way there is, and each refusal meets canaries: in path, query, headers and body."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from privacy.walk.place import UNKNOWN, Place, Visitor

from api.contract.routes import ROUTES
from api.contract.routes.spec import RouteSpec

JSON = {"Content-Type": "application/json"}
LARGEST = 262_144


def refuse(place: Place, ids: dict[str, str]) -> None:
    """Refuse the owner's requests, then let a stranger ask for what is the owner's, and nobody for anything."""
    for route in ROUTES:
        for path, body, headers in _requests(route, place):
            place.owner.send(route.verb, path, body, headers)
            place.nobody.send(route.verb, path, body, headers)
        for path in _owned(route, ids):
            _ask(place.stranger, route, path)
            _ask(place.nobody, route, path)
    _wish_wrongly(place)
    place.owner.submit_form(place.all_texts().encode(), place.said)
    place.owner.submit({"audio": {"upload": {"bytes": 7}}}, Idempotency_Key=place.text("idempotency key"))
    _conflicts(place, ids)


def _requests(route: RouteSpec, place: Place) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """What no route takes: an id that is none, a parameter, a body of every wrong kind, a wrong method."""
    words = place.all_texts()
    text = quote(words[:200], safe="")
    path = _with(route.path, text)
    yield path, b"", {}
    here = _with(route.path, UNKNOWN)
    yield f"{here}?{quote(place.text('name'))}={text}&limit={text}&cursor={text}&status={text}", b"", {}
    yield here + "/" + text, b"", {}
    unknown = json.dumps(
        {place.text("name"): words, "url": words, "items": [{"s3_uri": words}], "selector": {"tag": words * 9}}
    )
    for body in (words.encode(), b"{" + words.encode(), unknown.encode(), json.dumps([words]).encode()):
        yield here, body, JSON
    yield here, words.encode(), {"Content-Type": f"text/plain; name={text}", "Accept": text}
    yield here, words.encode("utf-16"), {**JSON, "Idempotency-Key": text[:100] + "\x7f"}
    yield here, words.encode() * (LARGEST // len(words) + 2), JSON
    yield here, b"", {"Authorization": f"Bearer {text}", "traceparent": text, "tracestate": text, "baggage": text}


def _wish_wrongly(place: Place) -> None:
    """A library that quotes a value quotes a short one whole, a long one in part."""
    for words in (place.all_texts(), place.text("iban"), place.text("phone")):
        for body in _wishes(place, words):
            place.owner.post("/v1/jobs", body)


def _wishes(place: Place, words: str) -> Iterator[dict[str, Any]]:
    """Submissions each of whose fields is wrong, with a canary as its value."""
    upload = {"audio": {"upload": {"bytes": 7}}}
    for name in ("reference", "subject_ref", "lane", "deadline_at", "tags", "metadata", "options", "retention"):
        yield {**upload, name: [words, 1]}
    yield {**upload, "lane": words, "deadline_at": words}
    yield {**upload, "options": {"model": place.text("name"), "language": place.text("tag"), "fail_on": [words]}}
    yield {**upload, "options": {"channels": {"roles": {place.text("name"): words}}}}
    for uri in (f"s3://{place.text('phone')}/x", f"https://x/{words}", f"s3://sales-calls-eu/{place.text('iban')}"):
        yield {"audio": {"s3_uri": uri}}
    yield {"audio": {"upload": {"bytes": 7, "sha256": words}}}


def _conflicts(place: Place, ids: dict[str, str]) -> None:
    """What is well formed and comes at the wrong time."""
    owner = place.owner
    for job_id in ids.values():
        for path in ("cancel", "retry", "upload", "upload/complete", "transcript"):
            owner.send("GET" if path == "transcript" else "POST", f"/v1/jobs/{job_id}/{path}", b"", {})
    asked = json.dumps(
        {"url": f"https://10.0.0.1/{place.text('webhook path')}", "description": place.all_texts()[:200]}
    )
    owner.post("/v1/webhooks", asked.encode())
    owner.post("/v1/erasures", {"subject_ref": place.text("subject_ref"), "reference": place.text("reference")})
    place.stranger.post("/v1/erasures", {"reference": place.text("reference")})


def _owned(route: RouteSpec, ids: dict[str, str]) -> Iterator[str]:
    if "<" not in route.path:
        yield route.path
        return
    for name in ids.values():
        yield _with(route.path, name)


def _ask(one: Visitor, route: RouteSpec, path: str) -> None:
    one.send(route.verb, path, b"", JSON)


def _with(path: str, text: str) -> str:
    parts = (text if step.startswith("<") else step for step in path.split("/"))
    return "/".join(parts)
