"""Every route answers well, with canaries wherever a caller may say something."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from contract.caller import WAV, Answer
from privacy.walk.place import Place

BUCKET = "sales-calls-eu"
PAGE = ("/console", "/console/", "/console/app.js", "/console/core/html.js")


def ask(place: Place) -> dict[str, str]:
    """Use every route once and more; ids by what they are of."""
    ids = _endpoints(place)
    ids |= _jobs(place)
    _reads(place, ids)
    ids |= _batches(place)
    return ids


def erase(place: Place, ids: dict[str, str]) -> None:
    """Forget by job, person, reference and batch; each receipt is read."""
    owner, said = place.owner, place.said
    # One of the receivers answered 410.
    again = {"Content-Type": "application/json"}
    _well(owner.send("PATCH", f"/v1/webhooks/{ids['webhook']}", b'{"enabled": true}', again))
    _well(owner.send("DELETE", f"/v1/jobs/{ids['completed']}", b"", {}))
    for scope in ({"subject_ref": said["subject_ref"]}, {"reference": said["reference"]}, {"batch_id": ids["batch"]}):
        made = _well(owner.post("/v1/erasures", scope, Idempotency_Key=f"{place.text('idempotency key')}-{min(scope)}"))
        _well(owner.get(made.headers["Location"]))
    owner.get(f"/v1/jobs/{ids['completed']}/transcript")


def leave(place: Place, ids: dict[str, str]) -> None:
    """The log of deliveries, one of them again, and the end of the endpoint."""
    owner, one = place.owner, f"/v1/webhooks/{ids['webhook']}"
    log = _well(owner.get(f"{one}/deliveries")).json["data"]
    for delivery in log:
        owner.post(f"{one}/deliveries/{delivery['id']}/redeliver")
    _well(owner.send("DELETE", one, b"", {}))


def _endpoints(place: Place) -> dict[str, str]:
    owner = place.owner
    asked = {"url": place.hook, "description": place.text("webhook note")}
    made = _well(owner.post("/v1/webhooks", asked, Idempotency_Key=place.text("idempotency key"))).json
    place.canaries.add("webhook secret", made["secret"])
    one = f"/v1/webhooks/{made['id']}"
    changed = {"description": place.text("webhook note") + "!", "url": place.hook + "/2"}
    _well(owner.send("PATCH", one, _json(changed), {"Content-Type": "application/json"}))
    place.canaries.add("webhook secret", _well(owner.post(f"{one}/rotate-secret")).json["secret"])
    for url in (one, "/v1/webhooks"):
        _well(owner.get(url))
    _well(owner.post(f"{one}/test"))
    return {"webhook": made["id"]}


def _jobs(place: Place) -> dict[str, str]:
    """One job a way of bringing audio, and one a way of ending."""
    owner, said = place.owner, place.said
    upload = {"audio": {"upload": {"bytes": len(WAV)}}, **said}
    first = _well(owner.submit(upload, Idempotency_Key=place.text("idempotency key"))).json["id"]
    _well(owner.post(f"/v1/jobs/{first}/upload"))
    owner.upload(first)
    _well(owner.post(f"/v1/jobs/{first}/upload/complete"))
    formed = _well(owner.submit_form(job=said)).json["id"]
    place.world.store.put(BUCKET, place.text("object key"), WAV)
    away = {"audio": {"s3_uri": f"s3://{BUCKET}/{place.text('object key')}"}, **said}
    referred = _well(owner.submit(away)).json["id"]
    _well(owner.post(f"/v1/jobs/{formed}/cancel"))
    _well(owner.post(f"/v1/jobs/{formed}/retry"))
    waiting = _well(owner.submit(upload)).json["id"]
    return {"completed": first, "formed": formed, "referred": referred, "waiting": waiting}


def _reads(place: Place, ids: dict[str, str]) -> None:
    owner = place.owner
    place.work(ids["completed"])
    query = "&".join(f"{name}={_quoted(place.said[name])}" for name in ("reference",))
    for url in ("/v1/jobs", f"/v1/jobs?limit=1&{query}", f"/v1/jobs?tag={_quoted(place.text('tag'))}"):
        _well(owner.get(url))
    one = f"/v1/jobs/{ids['completed']}"
    _well(owner.get(one))
    for kind in ("json", "text", "srt", "vtt"):
        with suppress(AssertionError):
            owner.get(f"{one}/transcript?format={kind}")
    for what in ("transcript", "audio", "peaks"):
        _well(owner.get(f"{one}/{what}"))
    for url in ("/v1/models", "/v1/queue", "/v1/health", "/v1/openapi.json", "/docs", *PAGE):
        _well(owner.get(url))


def _batches(place: Place) -> dict[str, str]:
    owner, said = place.owner, place.said
    item = {"s3_uri": f"s3://{BUCKET}/{place.text('object key')}"}
    named = {**item, "reference": said["reference"], "subject_ref": said["subject_ref"]}
    gone = {"s3_uri": f"s3://{BUCKET}/{place.text('file name')}"}
    asked = {"items": [named, gone], "reference": said["reference"]}
    made = _well(owner.post("/v1/batches", asked)).json["id"]
    chosen = {"selector": {"reference": said["reference"], "tag": place.text("tag")}, "options": {"language": "de"}}
    for body in ({**chosen, "dry_run": True}, chosen):
        _well(owner.post("/v1/batches", body))
    for url in ("/v1/batches", f"/v1/batches/{made}"):
        _well(owner.get(url))
    _well(owner.post(f"/v1/batches/{made}/cancel"))
    return {"batch": made}


def _well(answer: Answer) -> Answer:
    assert answer.status < 400, answer.text
    return answer


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def _quoted(text: str) -> str:
    return quote(text, safe="")
