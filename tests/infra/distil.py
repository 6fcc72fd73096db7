"""From every call that an emulator saw to the recording that ships: what changed something, without addresses."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from shared.emulator.recording import ENDPOINT, Call

TOKEN = re.compile(r"[A-Za-z0-9-]{6,}")
READS = ("Describe", "Get", "List", "BatchGet", "Lookup")
SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
SECRET = re.compile(r'"SecretString":\s*"(?:[^"\\]|\\.)*"')
NO_SECRET = '"SecretString": "local-only"'
"""Random at every apply: a local stack has the same one each time, and a recording keeps none."""


def distilled(raw: Path, endpoint: str, outputs: str) -> tuple[Call, ...]:
    """The calls of a recording.

    Args:
        raw: what the emulator wrote down, a line of JSON a call.
        endpoint: where it answered.
        outputs: all that is later said about the stack, whose ids must be known too.
    """
    calls = [_call(json.loads(line), endpoint) for line in raw.read_text("utf-8").splitlines()]
    return tuple(_telling([call for call in calls if call.status < 400 and not _is_read(call)], outputs))


def _telling(calls: list[Call], outputs: str) -> Iterator[Call]:
    """The calls without answers that say nothing new, and without questions that were answered so."""
    later = _later(calls, outputs)
    seen: set[str] = set()
    for call, wanted in zip(calls, later, strict=True):
        seen |= _tokens(call.path + call.body)
        told = _tokens(call.answer)
        if told & wanted - seen:
            yield call
        elif not _is_question(call):
            yield replace(call, answer="")
        seen |= told


def _later(calls: list[Call], outputs: str) -> list[set[str]]:
    """For each call, the words of all requests that follow."""
    wanted = _tokens(outputs)
    found = []
    for call in reversed(calls):
        found.append(set(wanted))
        wanted |= _tokens(call.path + call.body)
    return found[::-1]


def _tokens(text: str) -> set[str]:
    return set(TOKEN.findall(unquote(text)))


def _is_question(call: Call) -> bool:
    return call.service == "ec2" and call.action.startswith("Describe")


def _call(line: dict[str, Any], endpoint: str) -> Call:
    scope = SCOPE.search(line["authorization"])
    assert scope is not None, line["path"]
    texts = {name: base64.b64decode(line[name]).decode() for name in ("body", "answer")}
    placed = {name: text.replace(endpoint, ENDPOINT) for name, text in ({"path": line["path"]} | texts).items()}
    placed["body"] = SECRET.sub(NO_SECRET, placed["body"])
    return Call(
        service=scope["service"],
        region=scope["region"],
        method=line["method"],
        headers=line["headers"],
        status=line["status"],
        **placed,
    )


def _is_read(call: Call) -> bool:
    """Whether nothing is lost without it. What EC2 describes is kept: the group that a network comes with is only there."""
    if _is_question(call):
        return False
    return call.action.startswith(READS) if call.action else call.method in ("GET", "HEAD")


def fingerprint(files: Iterable[Path], root: Path, versions: dict[str, str]) -> str:
    """A hash over all that a recording depends on: files by their path and content, and versions."""
    digest = hashlib.sha256(json.dumps(versions, sort_keys=True).encode())
    for path in sorted(files):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
