"""Two engines behind one suite: ministack, which the local stack stands on, and moto, which unit tests use.

What an engine does otherwise than AWS stands in `DIFFERENCES`, and nowhere else: an update that closes a gap
turns its row red.
"""

import functools

import pytest
from emulator_contract.motos import shimmed
from strict.engines import ministack_endpoint

from shared.emulator.learning import Ids
from shared.emulator.making import connect, make, recorded
from shared.emulator.recording import ENDPOINT
from shared.emulator.resources import environment

DIFFERENCES = {
    ("moto", "test_a_stale_handle_deletes_nothing"): "deletes another consumer's message",
    ("moto", "test_an_upload_of_another_size_is_refused"): "checks no signature of a presigned request",
    ("moto", "test_an_upload_of_other_bytes_is_refused"): "stores no checksum and compares none",
    ("moto", "test_an_upload_with_an_unknown_secret_is_refused"): "checks no signature of a presigned request",
    ("moto", "test_a_recording_with_an_unknown_secret_is_refused"): "checks no signature of a presigned request",
    ("moto", "test_an_upload_under_audio_is_told_to_the_queue"): "leaves the version out of its events",
}


@pytest.fixture(scope="session")
def ministack():
    """The endpoint of a real emulator process."""
    return ministack_endpoint()


@pytest.fixture(scope="session")
def moto():
    """The endpoint of moto with the shims and, of the stack, what is compared here."""
    endpoint = shimmed().endpoint
    make(endpoint, ("dynamodb", "kms", "s3", "sns", "sqs"))
    return endpoint


@pytest.fixture(params=["ministack", "moto"])
def endpoint(request):
    if reason := DIFFERENCES.get((request.param, request.node.originalname)):
        request.applymarker(pytest.mark.xfail(reason=reason))
    return request.getfixturevalue(request.param)


@pytest.fixture
def names(endpoint):
    """What our processes are told of the stack: the names of its things."""
    return environment(recorded(), Ids({ENDPOINT: endpoint}), endpoint)


@pytest.fixture
def clients(endpoint):
    return _connected(endpoint)


# Making a client costs more than a whole test: one set an engine is enough.
_connected = functools.cache(connect)
