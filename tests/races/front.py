"""The API as a caller sees it: every answer a status and a body, nothing raised for what it refuses."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

TIMEOUT_S = 60.0
WAIT_S = 5
LOOKS = 24
"""Two minutes of long-polls, after which a job counts as stuck."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body.get("code", ""))


class Front:
    """One tenant's way in."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_S,
            trust_env=False,
            limits=httpx.Limits(max_connections=100),
        )

    def ask(self, method: str, path: str, **content: Any) -> Answer:
        answer = self._http.request(method, f"/v1{path}", **content)
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        return Answer(answer.status_code, body, dict(answer.headers))

    def submit(self, audio: bytes, canary: str, key: str | None = None) -> Answer:
        """Send a call whose every word about it is the canary."""
        headers = {"Idempotency-Key": key} if key else {}
        files = {"audio": ("call.wav", audio), "job": (None, json.dumps(_said(canary)))}
        return self.ask("POST", "/jobs", files=files, headers=headers)

    def upload(self, audio: bytes, canary: str) -> Answer:
        """Announce a call, and put it where the answer says."""
        announced = self.ask("POST", "/jobs", json={"audio": {"upload": {"bytes": len(audio)}}, **_said(canary)})
        if announced.status == 202:
            place = announced.body["upload"]
            httpx.put(place["url"], content=audio, headers=place["headers"], trust_env=False).raise_for_status()
        return announced

    def act(self, action: str, job_id: str) -> Answer:
        """Cancel, retry or erase."""
        if action == "erase":
            return self.ask("DELETE", f"/jobs/{job_id}")
        return self.ask("POST", f"/jobs/{job_id}/{action}")

    def ended(self, job_id: str) -> Answer:
        """The job once it has ended or is erased, or as it stands when waiting any longer is of no use."""
        for _ in range(LOOKS):
            answer = self.ask("GET", f"/jobs/{job_id}", params={"wait": WAIT_S})
            if answer.status != 200 or answer.body["status"] in ("completed", "failed", "canceled"):
                break
        return answer

    def pages(self, path: str) -> list[dict[str, Any]]:
        """Everything that a list holds."""
        found, cursor = [], {}
        while True:
            page = self.ask("GET", path, params={"limit": 100, **cursor}).body
            found += page["data"]
            if not page["has_more"]:
                return found
            cursor = {"cursor": page["next_cursor"]}


def _said(canary: str) -> dict[str, Any]:
    return {"reference": canary, "subject_ref": canary, "metadata": {"note": canary}, "tags": [canary]}
