"""Two recordings compared: what was asked, whatever the order of calls and fields and the ids made up on the way."""

import json
import re
from urllib.parse import unquote_plus
from xml.etree import ElementTree as ET

from infra.plans import leaves

from shared.emulator.recording import Call

WORD = re.compile(r"[A-Za-z0-9-]{6,}")
MADE_UP = re.compile(
    r"^[0-9a-f]{8}-[0-9a-f-]{27}$|^terraform-[0-9a-f]+$|^\d{14,}$|^[a-z]+-key-[A-Za-z]{6}$|^[a-z]{10}$"
)
"""What Terraform makes up, tokens and names with a moment in them; and ids of an engine that may lack digits."""
KNOWN = {"123456789012", "eu-central-1", "eu-central-1a", "eu-central-1b"}
"""Of the account, not of an engine, whoever says it first."""
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\.\d+(?=[.=])")


def shapes(calls: tuple[Call, ...]) -> set[str]:
    """Each change that was asked for; a word that an answer says before any request is an id, and left out."""
    asked = set(KNOWN)
    born: set[str] = set()
    found = set()
    for call in calls:
        parts = [f"{call.service} {call.action or call.method} {call.path}", *_values(call.body)]
        asked |= {word for part in parts for word in WORD.findall(part)} - born
        if not call.action.startswith("Describe"):
            # Terraform writes maps in any order: sorted, and only when no id is left to sort by.
            found.add(str(sorted(_idless(part, born) for part in parts)))
        born |= {word for word in WORD.findall(call.answer) if DIGIT.search(word)} - asked
    return found


def _idless(said: str, born: set[str]) -> str:
    return WORD.sub(lambda word: "*" if word[0] in born or MADE_UP.match(word[0]) else word[0], said)


def _values(body: str) -> list[str]:
    """The plain values of a body with their places."""
    if body.startswith(("{", "[")):
        return [f"{path}={value}" for path, value in leaves(json.loads(body))]
    if body.startswith("<"):
        return [f"{part.tag}={part.text}" for part in ET.fromstring(body).iter()]
    return [NUMBER.sub(".#", pair) for pair in unquote_plus(body).split("&")]
