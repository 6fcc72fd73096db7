"""The way to a receiver: its name, its addresses, its certificate, and all that would lead inside."""

import socket
import time

import pytest
from webhooks.attempts import NAME, PUBLIC, SLACK_S, SLOW_S, URL, local, outside, post, said
from webhooks.certificates import Authority
from webhooks.hostile import BROKEN, NO_NAME
from webhooks.listening import Receiver, Tunnel, answering, closing

from api.outbound.failures import Failure
from api.outbound.names import look_up
from api.outbound.post import Sender
from shared.errors.requests import UrlNotAllowed

OTHER_PUBLIC = "2606:2800:220:1::1"
INSIDE = "169.254.169.254"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_a_receiver_with_a_true_certificate_is_posted_to(authority, tmp_path):
    with Receiver(answering("200 OK"), authority.receiver(NAME, tmp_path)) as receiver:
        delivered = post(outside(Tunnel(receiver.port), [PUBLIC], trust=authority.trust))

    assert said(delivered) == (200, None, None)
    assert receiver.requests[0].startswith(b"POST /calls?team=lyon HTTP/1.1\r\nHost: hooks.example.com\r\n")


def test_a_certificate_for_another_name_is_refused(authority, tmp_path):
    with Receiver(answering("200 OK"), authority.receiver("other.example.com", tmp_path)) as receiver:
        delivered = post(outside(Tunnel(receiver.port), [PUBLIC], trust=authority.trust))

    assert (said(delivered), receiver.requests) == ((None, None, Failure.TLS_FAILED), [])


def test_a_certificate_of_unknown_origin_is_refused(authority, tmp_path):
    with Receiver(answering("200 OK"), authority.receiver(NAME, tmp_path)) as receiver:
        delivered = post(outside(Tunnel(receiver.port), [PUBLIC]))

    assert (said(delivered), receiver.requests) == ((None, None, Failure.TLS_FAILED), [])


def test_a_receiver_without_tls_is_refused(authority):
    def plain(connection, _receiver):
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")

    with Receiver(plain) as receiver:
        delivered = post(outside(Tunnel(receiver.port), [PUBLIC], trust=authority.trust))

    assert said(delivered) == (None, None, Failure.TLS_FAILED)


def test_a_handshake_that_never_ends_times_out(authority):
    def mute(_connection, receiver):
        receiver.stopped.wait(5)

    with Receiver(mute) as receiver:
        delivered = post(outside(Tunnel(receiver.port), [PUBLIC], trust=authority.trust, connect_s=SLOW_S))

    assert said(delivered) == (None, None, Failure.TIMEOUT)
    assert delivered.elapsed_s < SLOW_S + SLACK_S


@pytest.mark.parametrize(
    "addresses",
    [[INSIDE], [PUBLIC, INSIDE], [INSIDE, PUBLIC], [PUBLIC, "::ffff:127.0.0.1"], ["127.0.0.1"], ["64:ff9b::a9fe:a9fe"]],
)
def test_one_inner_address_spoils_the_name(addresses):
    network = Tunnel(0)

    delivered = post(outside(network, addresses))

    assert (said(delivered), network.dialled) == ((None, None, Failure.ADDRESS_NOT_ALLOWED), [])


@pytest.mark.parametrize("addresses", [[INSIDE], ["10.0.0.1", "127.0.0.1"]])
def test_a_local_stack_goes_no_further_than_loopback(addresses):
    sender = local(resolve=lambda *_: addresses, network=Tunnel(0))

    assert post(sender).error is Failure.ADDRESS_NOT_ALLOWED


def test_a_name_that_changes_its_mind_is_asked_once(authority, tmp_path):
    answers = [[PUBLIC], [INSIDE], [INSIDE]]

    with Receiver(answering("200 OK"), authority.receiver(NAME, tmp_path)) as receiver:
        network = Tunnel(receiver.port)
        sender = Sender(clock=time.monotonic, resolve=lambda *_: answers.pop(0), network=network, trust=authority.trust)
        first, second = post(sender), post(sender)

    assert (first.status, second.error) == (200, Failure.ADDRESS_NOT_ALLOWED)
    assert network.dialled == [PUBLIC]


def test_a_silent_address_leaves_time_for_the_next(authority, tmp_path):
    with Receiver(answering("200 OK"), authority.receiver(NAME, tmp_path)) as receiver:
        network = Tunnel(receiver.port, silent=(PUBLIC,))
        delivered = post(outside(network, [PUBLIC, OTHER_PUBLIC], trust=authority.trust))

    assert (delivered.status, network.dialled) == (200, [PUBLIC, OTHER_PUBLIC])
    assert network.given_s == [pytest.approx(2.5, abs=0.5), pytest.approx(5.0, abs=0.5)]


def test_no_address_in_reach_is_a_timeout():
    network = Tunnel(0, silent=(PUBLIC, OTHER_PUBLIC))

    delivered = post(outside(network, [PUBLIC, OTHER_PUBLIC]))

    assert (delivered.error, network.dialled) == (Failure.TIMEOUT, [PUBLIC, OTHER_PUBLIC])


def failing(error: Exception):
    def resolve(_host, _port):
        raise error

    return resolve


@pytest.mark.parametrize(
    "resolve",
    [failing(socket.gaierror(-2, "unknown")), failing(UnicodeError("label too long")), lambda *_: []],
    ids=["unknown", "unencodable", "empty"],
)
def test_a_name_without_address_is_told(resolve):
    assert said(post(local(resolve=resolve))) == (None, None, Failure.NAME_NOT_FOUND)


def test_a_slow_name_server_does_not_hold_the_sender():
    with Receiver(closing) as receiver:
        delivered = post(local(resolve=lambda *_: receiver.stopped.wait(5) and [], connect_s=SLOW_S))

    assert said(delivered) == (None, None, Failure.TIMEOUT)
    assert delivered.elapsed_s < SLOW_S + SLACK_S


@pytest.mark.parametrize("allow_loopback", [False, True])
def test_no_hostile_url_is_connected_to(allow_loopback):
    network = Tunnel(0)
    sender = outside(network, [PUBLIC], allow_loopback=allow_loopback)

    errors = {post(sender, url).error for url in [*(f"https://{host}/calls" for host in NO_NAME), *BROKEN]}

    assert (errors, network.dialled) == ({Failure.URL_NOT_ALLOWED}, [])


def test_a_good_url_is_vetted_without_connecting():
    network = Tunnel(0)

    target = outside(network, [PUBLIC]).vet(URL)

    assert (target.host, network.dialled) == (NAME, [])


@pytest.mark.parametrize(
    ("resolve", "word"),
    [(lambda *_: [PUBLIC, INSIDE], "not public"), (failing(socket.gaierror(-2, "unknown")), "no address")],
)
def test_a_bad_name_is_refused_before_it_is_kept(resolve, word):
    with pytest.raises(UrlNotAllowed, match=word):
        Sender(clock=time.monotonic, resolve=resolve).vet(URL)


def test_the_machine_itself_is_found_by_its_resolver():
    assert look_up("127.0.0.1", 443) == ["127.0.0.1"]
