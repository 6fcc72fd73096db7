"""Lost requests, lost answers, refusals and throttling, at each call of each adapter method.

A fault of one attempt is healed by the next, and what it says then is what the protocol counts on; a fault of every
attempt has one name, and leaves an effect at most once where that matters.
"""

import pytest
from fakes import BUCKET
from strict.methods import METHODS, scene
from strict.queues import granted
from strict.wire import FAULTS
from strict.worlds import connect_to

from shared.aws.store import Store
from shared.errors.transient import EventsUnavailable, StorageUnavailable, TransientError
from shared.protocol.intents import DeleteVersions, PutObject

HEALED = [(method, fault) for method in METHODS for fault in FAULTS]
NOT_TRIED_AGAIN = {("sqs", "throttled")}
"""`OverLimit` is no throttling to botocore: too many messages are in flight, and asking again at once would not help."""


def run(method, at):
    """The answer of the method, or the name of what it raised."""
    try:
        answer = method.act(at)
    except TransientError as error:
        return type(error)
    return answer() if callable(answer) else answer


@pytest.fixture(scope="module")
def expected(wired):
    """What each method answers when nothing is wrong, and what it leaves."""
    world, _ = wired
    made = [(method, scene(world, method)) for method in METHODS]
    return {method.name: (run(method, at), method.left(at)) for method, at in made}


def id_of(value):
    return value if isinstance(value, str) else value.name


@pytest.mark.parametrize(("method", "fault"), HEALED, ids=id_of)
def test_one_fault_is_healed_by_the_next_attempt(world, wire, expected, method, fault):
    answer, left = expected[method.name]
    at = scene(world, method)

    with wire.failing(fault, method.operation, attempts=1):
        told = run(method, at)

    if (method.service, fault) in NOT_TRIED_AGAIN:
        assert told is StorageUnavailable
    elif fault == "lost_response":
        assert told == (answer if method.replayed == "the same" else method.replayed)
        assert method.left(at) == method.done[min(1, len(method.done) - 1)]
    else:
        assert (told, method.left(at)) == (answer, left)


@pytest.mark.parametrize(("method", "fault"), HEALED, ids=id_of)
def test_a_fault_of_every_attempt_has_one_name(world, wire, method, fault):
    at = scene(world, method)
    before = method.left(at)

    with wire.failing(fault, method.operation):
        told = run(method, at)

    assert told is (EventsUnavailable if method.service == "sns" else StorageUnavailable)
    assert method.left(at) in ([before, *method.done] if fault == "lost_response" else [before])


def test_versions_that_could_not_be_deleted_are_told(engines):
    client = connect_to(engines("moto").endpoint).s3
    store = Store(client, BUCKET)
    store.put_once(PutObject("work/held/a", b"x", {}))
    refused = granted({"Errors": [{"Key": "work/held/a", "Code": "InternalError"}]})
    client.meta.events.register("before-call.s3.DeleteObjects", lambda **_: refused)

    with pytest.raises(StorageUnavailable):
        store.delete_versions(DeleteVersions("work/held"))
