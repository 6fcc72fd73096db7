"""Whether an SNS message that came over HTTPS is genuine: checked before anything in it is believed.

It needs `cryptography`. The certificate comes over TLS from Amazon's own host, whose name is checked first: that,
not a chain of its own, is why it is trusted. `UnsubscribeURL` is not signed: never open it. With raw delivery
switched on, an HTTPS subscription has no signature at all: leave it off.
The better way needs none of this: a queue (SQS) subscribed with raw delivery and a dead-letter queue of its own. Who
may read the queue is settled by IAM, SNS repeats for 23 days, and your program may be down: see `sqs_consumer`.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

HOST = r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?"
CERTIFICATE_URL = re.compile(HOST + r"/SimpleNotificationService-[A-Za-z0-9]+\.pem")
SUBSCRIBE_URL = re.compile(HOST + r"/\?[!-~]+")
TOLERANCE = timedelta(hours=1)
"""SNS keeps the time of the publication when it repeats; its default policy repeats within minutes."""


class Kind(StrEnum):
    """What SNS sends."""

    NOTIFICATION = "Notification"
    SUBSCRIBE = "SubscriptionConfirmation"
    UNSUBSCRIBE = "UnsubscribeConfirmation"


_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
SIGNED = {
    Kind.NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    Kind.SUBSCRIBE: _CONFIRMATION,
    Kind.UNSUBSCRIBE: _CONFIRMATION,
}
"""The fields that are signed, in their order; `Subject` only where there is one."""


class Forged(Exception):
    """The message is not what our topic sent; the reason is for the log, not for the sender."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine message. `subscribe_url` is set on confirmations: opening it subscribes (again)."""

    kind: Kind
    message_id: str
    message: str
    subscribe_url: str | None


def verify(
    message: Mapping[str, object], topic_arn: str, now: datetime, fetch_certificate: Callable[[str], bytes]
) -> Verified:
    """What `message` says, if topic `topic_arn` said it within the hour.

    Args:
        message: the JSON body, as it came.
        topic_arn: the one topic that may speak here.
        now: with a time zone.
        fetch_certificate: PEM bytes of an address on Amazon's host; called only if all else holds. It follows no
            redirect, and may keep what it found. What it raises passes through: not to be reached is not forged.

    Raises:
        Forged: with the first check that failed.
    """
    certificate_url = _matching(message, "SigningCertURL", CERTIFICATE_URL)
    if _text(message, "TopicArn") != topic_arn:
        raise Forged("another topic")
    _recent(_text(message, "Timestamp"), now)
    kind = _kind(_text(message, "Type"))
    if message.get("SignatureVersion") != "2":
        raise Forged("not signed with SHA-256: set SignatureVersion 2 on the topic")
    _signed(message, kind, _key(fetch_certificate(certificate_url), now))
    subscribe_url = None if kind is Kind.NOTIFICATION else _matching(message, "SubscribeURL", SUBSCRIBE_URL)
    return Verified(kind, _text(message, "MessageId"), _text(message, "Message"), subscribe_url)


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else _refuse(f"no {name}")


def _matching(message: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    """The address in a field. The whole of it must match: a prefix would let another host follow."""
    address = _text(message, name)
    return address if pattern.fullmatch(address) else _refuse(f"{name} leads elsewhere")


def _recent(timestamp: str, now: datetime) -> None:
    try:
        sent_at = datetime.fromisoformat(timestamp)
        far = abs(now - sent_at) > TOLERANCE
    except (ValueError, TypeError, OverflowError) as error:
        raise Forged("no instant") from error
    if far:
        raise Forged("not of this hour")


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError as error:
        raise Forged("unknown type") from error


def _key(pem: bytes, now: datetime) -> rsa.RSAPublicKey:
    """The public key of a certificate that is valid now."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key, since, until = certificate.public_key(), certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise Forged("no certificate") from error
    if not since <= now <= until:
        raise Forged("the certificate is not valid now")
    return key if isinstance(key, rsa.RSAPublicKey) else _refuse("no RSA key")


def _signed(message: Mapping[str, object], kind: Kind, key: rsa.RSAPublicKey) -> None:
    names = [name for name in SIGNED[kind] if name != "Subject" or message.get(name) is not None]
    try:
        said = "".join(f"{name}\n{_text(message, name)}\n" for name in names).encode()
        signature = base64.b64decode(_text(message, "Signature"), validate=True)
        key.verify(signature, said, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError) as error:
        raise Forged("the signature does not fit") from error


def _refuse(reason: str) -> NoReturn:
    raise Forged(reason)
