"""The same with real processes: emulator, API, worker with its engine and its decoder, dispatcher, operators' commands.

Nothing is stubbed: calls that the worker can hear are sent, and what it heard becomes a canary. All that the processes
printed, what lies in bucket, table and queues, and what came to a receiver goes into the sinks.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from privacy.canaries import Canaries
from privacy.sinks import Sinks
from races.checks.inside import Inside
from races.front import Front
from races.local import Local, served
from races.progress import Progress
from races.receiver import Receiver, Reply

from api.cli.processes import script

CALLS = Path(__file__).parents[2] / "api" / "console" / "calls"
OURS = ("api.log", "worker-1.log")
"""The emulator stands for AWS, the listener for a subscriber: neither is ours."""
SHORTEST_UTTERANCE = 25


class Noting(Receiver):
    """A receiver that pours out what it is sent; its first answers are failures."""

    def __init__(self, sinks: Sinks) -> None:
        super().__init__(lambda times: (204, {}) if times else (500, {"retry-after": "1"}))
        self._sinks = sinks

    def take(self, headers: dict[str, str], body: bytes) -> Reply:
        self._sinks.pour("webhook headers", json.dumps(headers))
        self._sinks.pour("webhook bodies", body.decode())
        return super().take(headers, body)


@contextmanager
def stack() -> Iterator[tuple[Local, Path]]:
    with tempfile.TemporaryDirectory(prefix="callscribe-privacy-") as folder, served(Path(folder)) as local:
        yield local, Path(folder)


def serve(sinks: Sinks, canaries: Canaries, progress: Progress) -> None:
    """Walk through a running stack, and pour out all that came of it."""
    with stack() as (local, folder), Noting(sinks) as receiver, progress.shown():
        owner, stranger = local.front("sales"), local.front("elsewhere")
        canaries.add("api key", str(owner._http.headers["authorization"]).removeprefix("Bearer "))
        receiver.register(owner)
        canaries.add("webhook secret", receiver.secret)
        progress.phase("calls", 6)
        ids = _calls(owner, canaries, progress)
        progress.phase("refusals and strangers", 3)
        _refusals(owner, stranger, ids, canaries, sinks)
        _lay_by_hand(local, canaries)
        progress.phase("operators' commands", 3)
        _operate(local, sinks, progress)
        inside = Inside.of(local)
        _pour_stores(inside, sinks)
        progress.phase("erasures", 2)
        owner.act("erase", ids[0])
        owner.ask("POST", "/erasures", json={"subject_ref": _first(canaries, "subject_ref")})
        progress.phase("messages left", 0)
        inside.drained(progress)
        _pour_stores(inside, sinks)
        for name in OURS:
            sinks.pour("logs, text", (folder / "log" / name).read_text())
        sinks.pour("events", (folder / "events.jsonl").read_text())


def _calls(owner: Front, canaries: Canaries, progress: Progress) -> list[str]:
    """Two that are heard, one with a title that is damaged, one that is no audio; one comes to an end before."""
    said = json.dumps(_said(canaries))
    heard = (CALLS / "appointment-en.mp3").read_bytes()
    titled = (
        _tag(" ".join(_first(canaries, kind) for kind in ("name", "phone", "file name"))) + heard[: len(heard) // 3]
    )
    bodies = [heard, (CALLS / "angebot-de.wav").read_bytes(), titled, _wav_with_a_note(_first(canaries, "name"))]
    ids = []
    for body in (*bodies, titled[:400]):
        files = {"audio": (_first(canaries, "file name"), body), "job": (None, said)}
        made = owner.ask("POST", "/jobs", files=files)
        if made.status == 202:
            ids.append(str(made.body["id"]))
        progress.step()
    _place(owner, canaries)
    for job_id in ids:
        assert owner.ended(job_id).body.get("status") in ("completed", "failed"), "it ends in time"
    for job_id in ids[:2]:
        _listen(owner, job_id, canaries)
    return ids


def _place(owner: Front, canaries: Canaries) -> None:
    """A place to upload to, whose signature is nobody's business."""
    placed = owner.ask("POST", "/jobs", json={"audio": {"upload": {"bytes": 7}}, **_said(canaries)}).body
    canaries.add("signature", placed["upload"]["url"].rpartition("Signature=")[2].partition("&")[0])
    owner.act("cancel", placed["id"])


def _listen(owner: Front, job_id: str, canaries: Canaries) -> None:
    """What the engine heard are canaries too."""
    for utterance in owner.ask("GET", f"/jobs/{job_id}/transcript").body["utterances"]:
        if len(utterance["text"]) >= SHORTEST_UTTERANCE:
            canaries.add("spoken", utterance["text"])


def _refusals(owner: Front, stranger: Front, ids: list[str], canaries: Canaries, sinks: Sinks) -> None:
    words = " ".join(_first(canaries, kind) for kind in canaries.kinds)
    for content in (words.encode(), b"{" + words.encode(), json.dumps({"reference": [words]}).encode()):
        for path in ("/jobs", "/batches", "/webhooks", "/erasures", f"/jobs/{ids[0]}/cancel"):
            owner.ask("POST", path, content=content, headers={"Content-Type": "application/json"})
    owner.ask("GET", "/jobs", params={"reference": words, "tag": words, "cursor": words})
    owner.ask("GET", f"/jobs/{words}", headers={"traceparent": _first(canaries, "phone")})
    for job_id in ids:
        for path in ("", "/transcript"):
            answer = stranger.ask("GET", f"/jobs/{job_id}{path}")
            assert answer.status == 404
            sinks.pour("answers to other tenants", f"{answer.headers} {answer.body}")


def _lay_by_hand(local: Local, canaries: Canaries) -> None:
    """A file that somebody put into the bucket under its own name."""
    inside = Inside.of(local)
    inside.s3.put_object(Bucket=inside.bucket, Key=f"audio/sales/{_first(canaries, 'file name')}", Body=b"x")


def _operate(local: Local, sinks: Sinks, progress: Progress) -> None:
    for command in (["audit"], ["redrive", "--tenant", "sales", "--dry-run"], ["rebuild", "--preview"]):
        line = [*script("callscribe"), "admin", *command]
        said = subprocess.run(line, env=dict(local.environment), capture_output=True, text=True, check=False)
        sinks.pour("admin output", said.stdout, said.stderr)
        progress.step()


def _pour_stores(inside: Inside, sinks: Sinks) -> None:
    """Keys and metadata of every object, keys and fields of every row, and what is left in the queues."""
    for page in inside.s3.get_paginator("list_objects_v2").paginate(Bucket=inside.bucket):
        for found in page.get("Contents", ()):
            if "job_" not in found["Key"] and "bat_" not in found["Key"]:
                continue  # what somebody laid there by hand is not ours
            head = inside.s3.head_object(Bucket=inside.bucket, Key=found["Key"])
            sinks.pour("object keys", found["Key"])
            sinks.pour("object metadata", json.dumps(head["Metadata"]))
    for item in inside._items():
        sinks.pour("table keys", f"{item['pk']} {item['sk']}")
        sinks.pour("table rows", json.dumps(item, ensure_ascii=False, default=str))
    for name, url in inside.queues.items():
        answer: Any = inside.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0, MessageAttributeNames=["All"]
        )
        sink = "dead letters" if name.endswith("DLQ_URL") else "doorbells"
        sinks.pour(sink, *(json.dumps(message, default=str) for message in answer.get("Messages", ())))


def _said(canaries: Canaries) -> dict[str, Any]:
    kinds = ("name", "phone", "phone as dialled", "email", "iban", "metadata")
    return {
        "reference": _first(canaries, "reference"),
        "subject_ref": _first(canaries, "subject_ref"),
        "metadata": {kind: _first(canaries, kind) for kind in kinds},
        "tags": [_first(canaries, "tag")],
    }


def _first(canaries: Canaries, kind: str) -> str:
    return min(canaries.texts[kind])


def _tag(title: str) -> bytes:
    """An ID3 tag with a title."""
    text = b"\x03" + title.encode()
    frame = b"TIT2" + len(text).to_bytes(4, "big") + b"\0\0" + text
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame


def _wav_with_a_note(note: str) -> bytes:
    """A WAV of an unknown codec, whose list of remarks names somebody."""
    info = b"INFOINAM" + len(note.encode()).to_bytes(4, "little") + note.encode()
    remarks = b"LIST" + len(info).to_bytes(4, "little") + info + b"\0" * (len(info) % 2)
    form = b"fmt \x10\0\0\0\xad\xde\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"
    data = b"data\x40\0\0\0" + bytes(64)
    whole = b"WAVE" + form + remarks + data
    return b"RIFF" + len(whole).to_bytes(4, "little") + whole
