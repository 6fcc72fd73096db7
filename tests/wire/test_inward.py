"""No event is led inside: by a URL, by a redirect, by a name that changes, or by a proxy in the environment."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from webhooks.attempts import NAME, PUBLIC, URL, outside, post
from webhooks.certificates import Authority
from webhooks.hostile import BROKEN, INNER, NO_NAME
from webhooks.listening import Receiver, Tunnel, saying

from api.outbound.failures import Failure
from api.outbound.post import Sender

TESTS = Path(__file__).parents[1]
STATUSES = (301, 302, 303, 307, 308)
SENDABLE = [host for host in NO_NAME if host.isascii()]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def changing(*answers):
    """A name whose addresses change from question to question; the last stay. Beside it, how often it was asked."""
    asked = []

    def resolve(_host, _port):
        asked.append(1)
        return list(answers[min(len(asked), len(answers)) - 1])

    return resolve, asked


def test_the_list_is_long_enough():
    assert len({*NO_NAME, *BROKEN}) >= 60
    assert len(INNER) == len(set(INNER)) >= 50


def test_hostile_urls_make_no_lookup_and_no_connection():
    """In a process of its own: a hook of the interpreter stays for good."""
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"), "http://127.0.0.1:9")
    ended = subprocess.run(
        [sys.executable, "-m", "wire.dialing"],
        env={"PYTHONPATH": str(TESTS), **proxies}, cwd=TESTS.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip

    first, *seen = ended.stdout.splitlines()

    assert first == f"{len(NO_NAME) + len(BROKEN)} url_not_allowed"
    assert len(seen) == 1
    assert seen[0].startswith("socket.getaddrinfo (443")


@pytest.mark.parametrize("status", STATUSES)
def test_no_redirect_is_followed(authority, tmp_path, status):
    places = [*(f"https://{host}/" for host in SENDABLE), *(f"http://[{one}]/" for one in INNER if ":" in one)]
    network_of = []

    for place in places[STATUSES.index(status) :: len(STATUSES)]:
        answer = saying(f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
        with Receiver(answer, authority.receiver(NAME, tmp_path)) as receiver:
            network = Tunnel(receiver.port)
            delivered = post(outside(network, [PUBLIC], trust=authority.trust))
        network_of.append((delivered.status, network.dialled, receiver.connections))

    assert set(map(str, network_of)) == {str((status, [PUBLIC], 1))}


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_turns_inward_is_not_followed(address):
    resolve, asked = changing([PUBLIC], [address])
    network = Tunnel(0)
    sender = Sender(clock=time.monotonic, resolve=resolve, network=network)

    sender.vet(URL)
    error = post(sender).error

    assert (error, network.dialled, len(asked)) == (Failure.ADDRESS_NOT_ALLOWED, [], 2)


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_turns_between_check_and_connect_gains_nothing(address):
    resolve, asked = changing([PUBLIC], [address])
    network = Tunnel(0, silent=(PUBLIC,))

    post(Sender(clock=time.monotonic, resolve=resolve, network=network))

    assert (network.dialled, len(asked)) == ([PUBLIC], 1)


@pytest.mark.parametrize("addresses", [[PUBLIC, one] for one in INNER] + [[one, PUBLIC] for one in INNER])
def test_a_name_that_leads_inside_too_is_refused(addresses):
    network = Tunnel(0)

    error = post(outside(network, addresses)).error

    assert (error, network.dialled) == (Failure.ADDRESS_NOT_ALLOWED, [])
