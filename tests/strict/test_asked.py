"""What an emulator would not miss: every read is consistent, and every object of ours carries its checksum."""

import base64
import hashlib

import pytest

from shared.job import Key
from shared.protocol.intents import FindRows, PutObject, ReadRow, ReadRows

KEY = Key("T#sales#J#asked", "JOB")


@pytest.fixture
def asked(world):
    """The parameters of every request from now on."""
    requests = []

    def note(params, **_):
        requests.append(dict(params))

    clients = (world.ledger.client, world.store.client)
    for client in clients:
        client.meta.events.register("before-parameter-build", note)
    yield requests
    for client in clients:
        client.meta.events.unregister("before-parameter-build", note)


def test_a_row_is_read_as_it_is_now(world, asked):
    world.perform(ReadRow(KEY))

    assert asked[0]["ConsistentRead"] is True


def test_many_rows_are_read_as_they_are_now(world, asked):
    world.perform(ReadRows((KEY,)))

    assert asked[0]["RequestItems"][world.ledger.table]["ConsistentRead"] is True


def test_the_table_itself_is_searched_as_it_is_now(world, asked):
    world.perform(FindRows(None, KEY.pk))

    assert asked[0]["ConsistentRead"] is True


def test_an_object_of_ours_carries_its_checksum(world, asked):
    world.perform(PutObject("transcripts/asked", b"text", {}))

    assert asked[0]["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"text").digest()).decode()
