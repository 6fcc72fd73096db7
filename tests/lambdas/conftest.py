"""The functions as AWS would start them: each its own process, its own environment, on the local stack's resources."""

import contextlib

import pytest
from lambdas.layout import lay_out
from lambdas.runtime import Function
from lambdas.service import FUNCTIONS, Gateway, surroundings
from strict.engines import ministack_endpoint
from strict.worlds import connect_to

from api.cli.keys import Keys
from shared.aws.ledger import Ledger
from shared.keys import SCOPES, Grant

LOOPBACK = {"CALLSCRIBE_WEBHOOK_ALLOW_LOOPBACK": "true"}


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("functions"))


@pytest.fixture(scope="session")
def environment():
    """What Terraform tells the functions, and that a test's own webhook may be reached."""
    return {**surroundings(ministack_endpoint()), **LOOPBACK}


@pytest.fixture(scope="session")
def function(folders, environment):
    """Starts a function by its name, once a session."""
    with contextlib.ExitStack() as stack:
        started = {}

        def start(name):
            if name not in started:
                started[name] = stack.enter_context(Function(FUNCTIONS[name], folders, environment))
            return started[name]

        yield start


@pytest.fixture(scope="session")
def clients(environment):
    return connect_to(environment["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="session")
def gateway(function, clients, environment):
    keys = Keys(Ledger(clients.dynamodb, environment["CALLSCRIBE_TABLE"]))
    return Gateway(function("api"), keys.create(Grant("sales", SCOPES), now=0.0))
