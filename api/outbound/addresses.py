"""Where an event may be sent: the form of a URL and the networks of an address. Nothing is looked up here."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from shared.errors.requests import UrlNotAllowed

LONGEST_URL = 2048
HTTPS_PORT = 443
HTTP_PORT = 80
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

# The registries of special purpose addresses (RFC 6890 and later), in full: what `ipaddress` calls global lets
# multicast, NAT64 and 6to4 through, all of which lead to addresses inside.
_CLOSED_V4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_V6 = ip_network("2000::/3")
_CLOSED_V6 = tuple(ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_LABEL}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label that a resolver may read as an address: decimal, octal or hexadecimal."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be posted to: `host` in lower case, an address without brackets; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: the port is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        own = HTTPS_PORT if self.scheme == "https" else HTTP_PORT
        return host if self.port == own else f"{host}:{self.port}"


def check_url(url: str, *, allow_loopback: bool) -> Target:
    """Take `url` apart if an endpoint may have it.

    Args:
        url: as the customer wrote it, at most 2,048 characters.
        allow_loopback: on a local stack, take plain http to this machine at any port as well.

    Raises:
        UrlNotAllowed: a rule is broken; the sentence names it and the way out.
    """
    parts, host, port = _split(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allow_loopback and parts.scheme == "http" and host in LOOPBACK_HOSTS:
        return Target("http", host, HTTP_PORT if port is None else port, path)
    if parts.scheme != "https":
        raise UrlNotAllowed("The URL must begin with https://.")
    if port not in (None, HTTPS_PORT):
        raise UrlNotAllowed("The URL must use port 443: leave the port out.")
    _check_name(host)
    return Target("https", host, HTTPS_PORT, path)


def is_public(address: str) -> bool:
    """Whether `address`, in its standard spelling, lies in the public internet; a zone id never does."""
    match _parse(address):
        case IPv4Address() as v4:
            return not any(v4 in block for block in _CLOSED_V4)
        case IPv6Address(scope_id=None) as v6:
            return v6 in _OPEN_V6 and not any(v6 in block for block in _CLOSED_V6)
        case _:
            return False


def is_loopback(address: str) -> bool:
    """Whether `address` is this machine: 127.0.0.0/8 or ::1, and no other way to write them."""
    match _parse(address):
        case IPv4Address() as v4:
            return v4.is_loopback
        case IPv6Address(scope_id=None) as v6:
            return int(v6) == 1
        case _:
            return False


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _split(url: str) -> tuple[SplitResult, str, int | None]:
    """The parts of `url`, its host after NFKC and in lower case, and its port."""
    _check_characters(url)
    try:
        parts = urlsplit(url)
        host, port = unicodedata.normalize("NFKC", _bare(parts)).lower(), parts.port
    except ValueError:
        raise UrlNotAllowed("The URL cannot be read: write it as https://host.example/path.") from None
    if "@" in parts.netloc:
        raise UrlNotAllowed("The URL must not hold a user name or password: check the signature instead.")
    if not (parts.path + parts.query).isascii():
        raise UrlNotAllowed("The path of the URL must be ASCII: percent-encode the other characters.")
    return parts, host, port


def _bare(parts: SplitResult) -> str:
    """The host without brackets; `urlsplit` takes them off a name as well, and forgets what stands around them."""
    host = parts.hostname or ""
    if "[" in parts.netloc and ":" not in host:
        raise ValueError("brackets around a name")
    return host


def _check_characters(url: str) -> None:
    """Refuse before parsing what `urlsplit` drops in silence."""
    if len(url) > LONGEST_URL:
        raise UrlNotAllowed(f"The URL must have at most {LONGEST_URL:,} characters.")
    if "\\" in url or any(unicodedata.category(character)[0] in "CZ" for character in url):
        raise UrlNotAllowed("The URL must hold no backslash, white space or control character: percent-encode them.")
    if "#" in url:
        raise UrlNotAllowed("The URL must not hold a fragment: leave out the # and what follows it.")


def _check_name(host: str) -> None:
    last = host.rpartition(".")[2]
    if ":" in host or _NUMBER.fullmatch(last):
        raise UrlNotAllowed("The host of the URL must be a name, not an address: give the receiver a DNS name.")
    if last == "localhost":
        raise UrlNotAllowed("The host of the URL must be reachable from outside: localhost is this service itself.")
    if not _NAME.fullmatch(host):
        raise UrlNotAllowed(
            "The host of the URL must be a full DNS name in ASCII, such as hooks.example.com;"
            " write other scripts in their xn-- form."
        )
