"""Where events may go: no spelling of an inner address passes, and no ordinary receiver is turned away."""

import pytest
from webhooks.hostile import BROKEN, INNER, NO_NAME, TAKEN

from api.outbound.addresses import Target, check_url, is_loopback, is_public
from shared.errors.requests import UrlNotAllowed

LOCAL = {
    "http://127.0.0.1:8080/hook": Target("http", "127.0.0.1", 8080, "/hook"),
    "http://localhost/": Target("http", "localhost", 80, "/"),
    "http://[::1]:9000": Target("http", "::1", 9000, "/"),
    "https://hooks.example.com/": Target("https", "hooks.example.com", 443, "/"),
}
STILL_REFUSED = [
    "http://127.0.0.2/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://hooks.example.com/",
    "http://10.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://user@localhost/",
    "http://localhost.example.com/",
    "https://localhost/",
    "https://127.0.0.1/",
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
    *("126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
    *("192.0.1.0", "192.0.3.0", "192.88.98.255", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:2800:220:1::1", "2a00:1450::1", "3ffe::1", "3fff:1000::"),
]
NO_ADDRESS = [
    "",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "8.8.8.010",
    " 8.8.8.8",
    "8.8.8.8/32",
    "[::1]",
    "٨.8.8.8",
]


@pytest.mark.parametrize("url", TAKEN)
def test_an_ordinary_receiver_is_taken(url):
    target = check_url(url, allow_loopback=False)

    assert (target.scheme, target.host, target.port, target.path) == ("https", TAKEN[url][0], 443, TAKEN[url][1])


@pytest.mark.parametrize("allow_loopback", [False, True])
@pytest.mark.parametrize("host", NO_NAME)
def test_a_host_that_is_no_name_is_refused(host, allow_loopback):
    with pytest.raises(UrlNotAllowed):
        check_url(f"https://{host}/calls", allow_loopback=allow_loopback)


@pytest.mark.parametrize("url", BROKEN, ids=ascii)
def test_a_refusal_names_the_broken_rule(url):
    with pytest.raises(UrlNotAllowed, match=BROKEN[url]):
        check_url(url, allow_loopback=False)


def test_the_longest_url_is_taken():
    url = "https://hooks.example.com/" + "a" * 2022

    assert len(url) == 2048
    assert check_url(url, allow_loopback=False).host == "hooks.example.com"


@pytest.mark.parametrize("url", LOCAL)
def test_a_local_stack_takes_its_own_machine(url):
    assert check_url(url, allow_loopback=True) == LOCAL[url]


@pytest.mark.parametrize("url", [url for url in LOCAL if url.startswith("http:")])
def test_elsewhere_the_own_machine_is_refused(url):
    with pytest.raises(UrlNotAllowed):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize("url", STILL_REFUSED)
def test_a_local_stack_takes_nothing_more(url):
    with pytest.raises(UrlNotAllowed):
        check_url(url, allow_loopback=True)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://hooks.example.com/", "hooks.example.com"),
        ("http://localhost:8080/", "localhost:8080"),
        ("http://[::1]:9000/", "[::1]:9000"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_the_host_header_leaves_out_the_usual_port(url, authority):
    assert check_url(url, allow_loopback=True).authority == authority


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", INNER)
def test_an_address_of_special_purpose_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_not_an_address_is_not_public(address):
    assert not is_public(address)
    assert not is_loopback(address)


def test_loopback_is_known_in_its_plain_spelling_alone():
    addresses = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::1%lo", "10.0.0.1", "::", "0.0.0.0"]

    assert [is_loopback(address) for address in addresses] == [True, True, True, False, False, False, False, False]
