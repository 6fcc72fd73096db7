"""Two gateways whose patience is short: before the API over a memory world, and before a function that echoes."""

import pytest
from contract import toy
from fuzz import served
from wire.patience import ARRIVAL_S

from api.local.gateway import serve


def serving(handler):
    gateway = serve(handler, 3, 0, arrival_s=ARRIVAL_S)
    yield int(gateway.url.rpartition(":")[2])
    gateway.stop()


@pytest.fixture(scope="session")
def api_port():
    yield from serving(served.handler)


@pytest.fixture(scope="session")
def echo_port():
    yield from serving(toy.handler)


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog):
    """A traceback of the gateway, or of what a test left behind in it."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []
