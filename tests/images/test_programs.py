"""The small programs beside the Dockerfiles: the door of a compose stack, and the check of a model."""

import asyncio
import functools
import hashlib
import json
import shutil

import pytest
from lambdas.layout import program

from worker.speech.model import shipped_model

check_model, door = program("docker/check_model.py"), program("docker/door.py")


@pytest.fixture
def model(tmp_path):
    return shutil.copytree(shipped_model(), tmp_path / "model")


def list_of(model):
    return hashlib.sha256((model / "sha256.json").read_bytes()).hexdigest()


def test_a_model_that_is_what_its_list_says_passes(model):
    assert check_model.main(model, list_of(model)) is None


def test_a_changed_file_stops_the_build(model):
    (model / "tokenizer.json").write_text("{}")

    assert "tokenizer.json differ" in check_model.main(model, "")


def test_another_model_than_was_meant_stops_the_build(model):
    meant = list_of(model)
    told = json.loads((model / "sha256.json").read_text())
    (model / "sha256.json").write_text(json.dumps({**told, "extra": told["model.bin"]}))
    shutil.copy(model / "model.bin", model / "extra")

    assert f"{meant} was meant" in check_model.main(model, meant)


async def through_the_door(listener):
    """What comes back of a request that ends before its answer, when `listener` is behind the door."""
    server = await asyncio.start_server(listener, door.LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    async with server, await asyncio.start_server(functools.partial(door.forward, port=port), "127.0.0.2", port):
        reader, writer = await asyncio.open_connection("127.0.0.2", port)
        writer.write(b"a call")
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer


async def echo(reader, writer):
    writer.write(b"heard: " + await reader.read())
    writer.close()


async def slam(_, writer):
    writer.transport.abort()


@pytest.mark.parametrize(("listener", "answer"), [(echo, b"heard: a call"), (slam, b"")])
def test_the_door_carries_both_ways(listener, answer):
    assert asyncio.run(asyncio.wait_for(through_the_door(listener), 10)) == answer
