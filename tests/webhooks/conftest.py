"""Amazon, made once: its keys take a while."""

import pytest
from webhooks.running import Transcripts
from webhooks.sns import Sns


@pytest.fixture(scope="session")
def amazon():
    return Sns()


@pytest.fixture
def sns(amazon):
    amazon.fetched.clear()
    return amazon


@pytest.fixture
def transcripts():
    with Transcripts() as server:
        yield server
        server.shutdown()
