"""A fault at each call of a job's life: it completes all the same, once, and no attempt is charged for AWS."""

import pytest
from fakes import BUCKET
from strict.lives import Life
from strict.worlds import with_queues

from shared.protocol.intents import HeadObject

CALLS = 20
"""Requests of a life without a fault: two to submit, five to queue, ten to serve and settle."""


CLAIM, STORE = 10, 13
COSTS = {
    # Nobody knows of this claim: its lease runs out, and it was an attempt.
    (CLAIM, "lost_response", 99): ["charged"],
    # Nothing was stored: handed back uncharged, and heard again.
    (STORE, "lost_request", 99): ["heard"],
}
"""What a fault may cost: work or an attempt, never the end."""


def versions(world, key):
    answer = world.store.client.list_object_versions(Bucket=BUCKET, Prefix=key)
    return len(answer.get("Versions", []))


def judge(world, life):
    """What must hold at the end of a life, as the breaches of it."""
    row = life.row
    stored = world.perform(HeadObject(BUCKET, row.transcript_key))
    entries = list(row.outbox.values())
    facts = {
        "completed": row.status == "completed",
        "one transcript": versions(world, row.transcript_key) == 1,
        "pointed to": stored is not None and row.result.etag == stored.etag,
        "told": [entry.state for entry in entries] == ["published"],
        "one id": set(life.hearing.published) == {entries[0].id},
        "heard": life.hearing.heard == 1,
        "charged": row.attempts <= 1,
    }
    return [name for name, holds in facts.items() if not holds]


@pytest.fixture(scope="module")
def world(emulated):
    return with_queues(emulated[0])


@pytest.fixture(scope="module")
def wire(emulated):
    return emulated[1]


@pytest.mark.parametrize(("fault", "attempts"), [("lost_request", 99), ("lost_response", 1), ("lost_response", 99)])
def test_a_fault_at_any_call_changes_no_end(world, wire, fault, attempts):
    breaches = {}
    for number in range(1, CALLS + 1):
        life = Life(world)
        with wire.failing_at(fault, number, attempts):
            life.live()
        breaches[number, fault, attempts] = judge(world, life)

    unexpected = {place: found for place, found in breaches.items() if found != COSTS.get(place, [])}
    assert unexpected == {}
