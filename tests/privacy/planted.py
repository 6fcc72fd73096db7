"""A leak of its own for each outlet, put where the code lets something out: the search must find every one."""

import base64
import dataclasses
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from opentelemetry import trace
from privacy.sinks import Sinks
from privacy.walk.place import Place
from privacy.walk.voices import guarded
from privacy.walk.watched import WEBHOOKS

from api.outbound.post import Sender
from shared.job import Key
from shared.protocol.intents import PutObject, Ring, RingDelivery

Plant = Callable[[Place], None]


def at(kind: type | None, leak: Plant) -> Plant:
    """Leak once, before the first intent of that kind."""

    def plant(place: Place) -> None:
        def hook(_: Any, intent: Any) -> None:
            if kind is None or isinstance(intent, kind):
                place.world.before.remove(hook)
                leak(place)

        place.world.before.append(hook)

    return plant


def in_base64(text: str) -> str:
    return base64.b64encode(f"a {text} b".encode()).decode()


def in_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _quoting(place: Place) -> None:
    """A voice that tells what an error says."""
    voices = place.voice.observers

    def tell_crash(error: BaseException, **fields: Any) -> None:
        for one in voices:
            one.tell("crashed", code=str(error), **fields)

    object.__setattr__(place.voice, "tell_crash", tell_crash)


def _wordy_topic(place: Place) -> None:
    publish = place.world.topic.publish

    def tell(intent: Any) -> None:
        said = {**intent.attributes, "caller": in_sha256(place.text("phone"))}
        publish(
            dataclasses.replace(
                intent, body=intent.body[:-1] + f',"who":{json.dumps(place.text("name"))}}}', attributes=said
            )
        )

    place.world.topic = _Topic(tell)


@dataclasses.dataclass
class _Topic:
    publish: Callable[[Any], None]


class _Chatty(Sender):
    """Puts the address into a header, and the note beside the event."""

    __slots__ = ("place",)

    def post(self, url: str, headers: Any, body: bytes, now: float) -> Any:
        place: Place = self.place
        said = {**headers, "x-note": quote(place.text("webhook note"))}
        return super().post(url, said, body + place.text("spoken").encode(), now)


def _chatty(place: Place) -> None:
    sender = _Chatty(clock=place.network.sender().clock, resolve=place.network._look_up, network=place.network)
    object.__setattr__(sender, "place", place)
    place.owner.sender = sender


def _to(client_sends: Mapping[str, Any]) -> Plant:
    def leak(place: Place) -> None:
        client: Any = place.world.bell.client
        client.send_message(
            **{name: value(place) if callable(value) else value for name, value in client_sends.items()}
        )

    return leak


def _row(place: Place) -> None:
    place.world.pour_row(Key("T#sales", in_sha256(place.text("phone"))), {"heard": place.text("spoken")[::-1]})


def _object(place: Place) -> None:
    name = place.text("file name")
    metadata = {"x-file": name.encode().hex()}
    place.world.pour_object(PutObject(f"debug/{quote(name)}", in_base64(place.text("spoken")).encode(), metadata))


def _key_of_another(place: Place) -> None:
    """The tenant does not come from the key any more."""
    place.stranger.key = place.nobody.key = place.owner.key


PLANTS: Mapping[str, tuple[str, Plant]] = {
    "logs, JSON": ("iban", _quoting),
    "logs, text": ("iban", _quoting),
    "logs of libraries": (
        "phone",
        at(None, lambda p: logging.getLogger("botocore").warning("body %s", p.text("phone"))),
    ),
    "traces": ("tag", at(PutObject, lambda p: trace.get_current_span().set_attribute("tag", p.text("tag")))),
    "uncaught errors": ("email", lambda p: guarded(p.sinks, lambda: int(p.text("email")))),
    "standard output": ("tag", at(None, lambda p: print(json.dumps(p.text("tag"))))),
    "doorbells": (
        "reference",
        at(Ring, _to({"QueueUrl": "q", "MessageBody": lambda p: in_base64(p.text("reference"))})),
    ),
    "delivery rings": (
        "webhook path",
        at(RingDelivery, _to({"QueueUrl": WEBHOOKS, "MessageBody": lambda p: quote(p.text("webhook path"), safe="")})),
    ),
    "dead letters": ("metadata", lambda p: p.sinks.pour("dead letters", in_base64(p.text("metadata")))),
    "events": ("name", _wordy_topic),
    "event attributes": ("phone", _wordy_topic),
    "webhook headers": ("webhook note", _chatty),
    "webhook bodies": ("spoken", _chatty),
    "answers to the owner": ("a stranger's", lambda p: setattr(p.owner, "key", p.stranger.key)),
    "answers to other tenants": ("name", _key_of_another),
    "answers to nobody": ("spoken", _key_of_another),
    "object keys": ("file name", at(PutObject, _object)),
    "object metadata": ("file name", at(PutObject, _object)),
    "object bodies elsewhere": ("spoken", at(PutObject, _object)),
    "table keys": ("phone", at(None, _row)),
    "table rows": ("spoken", at(None, _row)),
    "admin output": ("subject_ref", lambda p: p.sinks.pour("admin output", repr([p.text("subject_ref").encode()]))),
}
"""By outlet: the kind of canary that leaks there, and how the code is spoiled."""


@contextmanager
def spoiled(sink: str) -> Iterator[Place]:
    """A place where something leaks into `sink`."""
    place = Place()
    place.hide()
    PLANTS[sink][1](place)
    yield place


def found(sink: str, sinks: Sinks, place: Place) -> set[str]:
    return {hit.kind for hit in sinks.leaks(place.canaries) if hit.sink == sink}
