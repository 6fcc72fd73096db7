"""Each request of the corpus, as bytes over a socket to the real server, is answered as the corpus says."""

import pytest
from wire.running import CASES, run
from wire.stage import staged


@pytest.fixture(scope="module")
def stage():
    with staged() as (stage, logs):
        yield stage
        log = (logs / "api.log").read_text("utf-8")
    assert "Traceback" not in log, log[-4_000:]


def test_every_request_is_answered_as_documented(stage, subtests):
    """One test, so that one server is started whatever number of processes share the tests."""
    for case in CASES:
        with subtests.test(f"{case.number} {case.what}"):
            row = run(case, stage)

            assert row.misses == ()
