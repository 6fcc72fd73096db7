"""The same world four times: from dictionaries, on moto, on the emulator of the local stack, and there under the
strict layer, which makes it no kinder than AWS."""

import functools
import uuid

import boto3
import pytest
from fakes import BUCKET, MemoryWorld
from jobs import Jobs
from moto import mock_aws
from strict.engines import ministack_endpoint
from strict.layer import strict
from strict.worlds import REGION, PuttingStore, connect_to, make_world

from shared.aws.clients import connect
from shared.protocol.intents import DeleteVersions

__all__ = ["PuttingStore"]


@pytest.fixture
def moto_world(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield make_world(connect(), BUCKET)
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def ministack_world():
    return empty(make_world(_plain(), BUCKET, f"-{uuid.uuid4().hex}"))


@pytest.fixture
def strict_world():
    return empty(make_world(_strict().clients, BUCKET, f"-{uuid.uuid4().hex}"))


@pytest.fixture(params=["moto", "ministack", "strict"])
def aws_world(request):
    return request.getfixturevalue(f"{request.param}_world")


@pytest.fixture(params=["memory", "moto", "ministack", "strict"])
def world(request):
    return MemoryWorld() if request.param == "memory" else request.getfixturevalue(f"{request.param}_world")


@pytest.fixture
def jobs(world):
    return Jobs(world)


def empty(world):
    """The bucket is the same for all tests of an emulator; what the one before has left goes."""
    world.perform(DeleteVersions(""))
    return world


@functools.cache
def _plain():
    return connect_to(ministack_endpoint())


@functools.cache
def _strict():
    return strict(ministack_endpoint())
