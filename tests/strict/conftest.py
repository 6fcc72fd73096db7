"""Worlds for a whole file of tests: on moto, and on the emulator of the local stack, with a wire that can fail."""

import functools
import uuid

import boto3
import pytest
from fakes import BUCKET
from moto import mock_aws
from moto.server import ThreadedMotoServer
from strict.engines import ministack_endpoint
from strict.gaps import Engine
from strict.gate import Gate
from strict.layer import strict
from strict.wire import Wire
from strict.worlds import REGION, connect_to, make_world

from shared.aws.clients import Clients, connect


@pytest.fixture(scope="module")
def wired():
    """(world, wire) on moto, in this process."""
    with pytest.MonkeyPatch.context() as set_in, mock_aws():
        set_in.setenv("AWS_DEFAULT_REGION", REGION)
        clients = connect()
        yield make_world(clients, BUCKET), tapped(clients)
    boto3.DEFAULT_SESSION = None


@pytest.fixture(scope="module")
def emulated():
    """(world, wire) on the emulator."""
    clients = connect_to(ministack_endpoint())
    return make_world(clients, BUCKET, f"-{uuid.uuid4().hex}"), tapped(clients)


@pytest.fixture
def world(wired):
    return wired[0]


@pytest.fixture
def wire(wired):
    return wired[1]


def tapped(clients: Clients) -> Wire:
    return Wire().attach(clients.s3, clients.sqs, clients.sns, clients.dynamodb)


@pytest.fixture(scope="module")
def moto_port():
    """moto behind HTTP; a mock that ends in this process would empty it, so each file has its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture(scope="module")
def engines(moto_port):
    """Each engine by its name, made when it is asked for; the strict layer is over moto, which forgives most."""
    with Gate(moto_port) as gate:

        @functools.cache
        def engine(name):
            where = {"ministack": ministack_endpoint, "moto": lambda: f"http://127.0.0.1:{moto_port}"}
            endpoint = gate.url if name == "strict" else where[name]()
            layer = strict(endpoint) if name == "strict" else None
            clients = layer.clients if layer else connect_to(endpoint)
            world = make_world(clients, BUCKET, f"-{uuid.uuid4().hex}")
            return Engine(name, endpoint, clients, world, layer, gate)

        yield engine


@pytest.fixture
def engine(engines, request):
    return engines(request.param)
