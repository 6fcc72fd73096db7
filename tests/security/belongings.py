"""What a tenant can have: one of everything, made through the API, and requests on every route."""

from dataclasses import dataclass

from contract.caller import Answer, Caller

from api.contract.routes import ROUTES, RouteSpec
from shared.ids import lowest_id

GUARDED = [route for route in ROUTES if route.scope]
KINDS = {"job_id": "job", "batch_id": "bat", "webhook_id": "whk", "delivery_id": "dlv", "erasure_id": "era"}
OF_SOMETHING = [route for route in GUARDED if "<" in route.path]
UNKNOWN = {kind: lowest_id(prefix, 1_000_000) for kind, prefix in KINDS.items()}
CREATING = {
    "submit_job": {"audio": {"upload": {"bytes": 7}}},
    "create_batch": {"items": [{"s3_uri": "s3://sales-calls-eu/call.wav"}]},
    "create_erasure": {"reference": "crm-1"},
    "create_webhook": {"url": "https://sales.example.com/hook"},
}


def name_of(route: RouteSpec) -> str:
    return route.name


@dataclass(frozen=True)
class Belongings:
    """Ids of what a tenant has, made when they are asked for: most routes need one kind of them."""

    caller: Caller

    def ids(self, route: RouteSpec) -> dict[str, str]:
        """An id that is there for every placeholder in the path of `route`."""
        if "<webhook_id>" in route.path:
            webhook_id = self.made("/v1/webhooks", CREATING["create_webhook"])
            named = {"webhook_id": webhook_id}
            return named | (
                {"delivery_id": self.made(f"/v1/webhooks/{webhook_id}/test")} if "<delivery_id>" in route.path else {}
            )
        if "<batch_id>" in route.path:
            self.caller.world.store.put("sales-calls-eu", "call.wav", b"RIFF")
            return {"batch_id": self.made("/v1/batches", CREATING["create_batch"])}
        job_id = self.caller.submit_form().json["id"]
        if "<erasure_id>" in route.path:
            return {"erasure_id": self.caller.send("DELETE", f"/v1/jobs/{job_id}", b"", {}).json["id"]}
        return {"job_id": job_id}

    def made(self, path: str, body: object = b"") -> str:
        answer = self.caller.post(path, body)
        assert answer.status < 300, answer.text
        return answer.json["id"]


def call(caller: Caller, route: RouteSpec, ids: dict[str, str] | None = None, **headers: str) -> Answer:
    """Ask `route` for what has these ids, or for what nobody has."""
    path = route.path
    for kind, unknown in UNKNOWN.items():
        path = path.replace(f"<{kind}>", (ids or {}).get(kind, unknown))
    body = b"{}" if route.verb == "PATCH" else b""
    return caller.send(route.verb, path, body, {"Content-Type": "application/json", **headers})
