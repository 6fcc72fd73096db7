"""What schemathesis makes of openapi.json is answered as openapi.json says: a small run, over real HTTP."""

import pytest
from fuzz.running import Plan, fuzz
from fuzz.served import KEY, handler

from api.contract.routes import ROUTES
from api.local.gateway import serve

BY_CHANCE = {
    *("read_openapi", "read_transcript", "read_audio", "read_peaks"),
    *("redeliver", "sign_upload", "retry_job"),
}
"""What has no good answer in every run: it needs a job or a delivery in one certain state."""


@pytest.fixture(scope="module")
def outcome():
    gateway = serve(handler, 4, 0)
    yield fuzz(gateway.url, KEY, Plan(examples=3, seed=1, phases="examples,coverage,stateful"))
    gateway.stop()


def test_no_check_of_the_fuzzer_fails(outcome):
    assert outcome.ok, outcome.failures


def test_every_operation_is_reached_and_does_what_it_is_for(outcome):
    reached = {name for name, status in outcome.answers if status < 400}

    assert reached >= {route.name for route in ROUTES if route.path.startswith("/v1/")} - BY_CHANCE


def test_an_excuse_is_the_exception(outcome):
    assert outcome.requests > 300
    assert outcome.excused.total() < outcome.requests / 5
