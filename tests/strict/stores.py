"""S3 and DynamoDB as they are: a wrong checksum is refused, two writers meet, an index lags, a line is busy.

Hooks of botocore on a client of an emulator.
"""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from strict.clock import Clock
from strict.wire import Call, Fault, refusal

from shared.job import INDEXES

LAG_S = 2.0
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
RANGES = {index.name: index.range_field for index in INDEXES}


@dataclass
class StrictObjects:
    """What an emulator of S3 forgives."""

    chance: random.Random
    conflicts: float = 0.1

    def attach(self, client: Any) -> "StrictObjects":
        client.meta.events.register("before-call.s3.PutObject", self.put)
        return self

    def put(self, params: Any, **_: Any) -> Any:
        """Refuse other bytes than were promised; now and then two conditional writes meet."""
        headers, body = params["headers"], _bytes(params["body"])
        promised = headers.get("x-amz-checksum-sha256")
        if promised and promised != base64.b64encode(hashlib.sha256(body).digest()).decode():
            return refusal("BadDigest", 400)
        if "If-None-Match" in headers and self.chance.random() < self.conflicts:
            return refusal("ConditionalRequestConflict", 409)
        return None


@dataclass
class StrictIndexes:
    """Indexes that show the table as it was `LAG_S` ago: what was written since is missing, or shown as it was."""

    plain: Any
    clock: Clock
    _written: list[tuple[float, str, Any, Any]] = field(default_factory=list)

    def attach(self, client: Any) -> "StrictIndexes":
        for operation in WRITES:
            client.meta.events.register(f"before-call.dynamodb.{operation}", self.note)
        client.meta.events.register("before-call.dynamodb.Query", self.keep)
        client.meta.events.register("after-call.dynamodb.Query", self.lag)
        return self

    def note(self, params: Any, **_: Any) -> None:
        """Remember how the rows stood before this write."""
        asked = json.loads(params["body"])
        for put in [one["Put"] for one in asked.get("TransactItems", [])] or [asked]:
            held = put.get("Key") or put["Item"]
            key = {name: held[name] for name in ("pk", "sk")}
            old = self.plain.get_item(TableName=put["TableName"], Key=key).get("Item")
            self._written.append((self.clock.now_s, json.dumps(key), key, old))

    def keep(self, params: Any, context: Any, **_: Any) -> None:
        context["asked"] = json.loads(params["body"])

    def lag(self, parsed: Any, context: Any, **_: Any) -> None:
        """Replace what an index says by what it said a moment ago."""
        asked = context["asked"]
        if "IndexName" not in asked or "Items" not in parsed:
            return
        before = {name: old for at_s, name, _, old in reversed(self._written) if at_s > self.clock.now_s - LAG_S}
        still = [item for item in parsed["Items"] if _name(item) not in before]
        hash_value = asked["ExpressionAttributeValues"][":v0"]
        field_of_hash = asked["ExpressionAttributeNames"]["#n0"]
        shown = [old for old in before.values() if old and old.get(field_of_hash) == hash_value]
        at = RANGES[asked["IndexName"]]
        parsed["Items"] = sorted([*still, *shown], key=lambda item: _value(item[at]))
        parsed["Count"] = len(parsed["Items"])


def busy(chance: random.Random, rate: float = 0.05) -> Callable[[Call], Fault | None]:
    """A judge for a `Wire`: now and then a first or second try meets a throttle or a 503, never a third."""

    def judge(call: Call) -> Fault | None:
        if call.attempt > 2 or chance.random() >= rate:
            return None
        return "unavailable" if call.service == "sqs" else chance.choice(["unavailable", "throttled"])

    return judge


def _name(item: Any) -> str:
    return json.dumps({name: item[name] for name in ("pk", "sk")})


def _value(attribute: Any) -> Any:
    return float(attribute["N"]) if "N" in attribute else attribute["S"]


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    read: bytes = body.read()
    body.seek(0)
    return read
