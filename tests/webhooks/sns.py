"""Amazon's side of a topic, with an authority and certificates of its own: messages as SNS signs and sends them."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 1, 15, 10, 0, 11, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-3:123456789012:calls"
CERTIFICATE_URL = "https://sns.eu-west-3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE_URL = f"https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
YEAR = timedelta(days=365)
ORDER = {
    "Notification": ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
    "SubscriptionConfirmation": ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    "UnsubscribeConfirmation": ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
}


def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """Issues certificates, for any key and any time."""

    key: rsa.RSAPrivateKey = field(default_factory=rsa_key)

    def certificate(self, public_key, since=NOW - YEAR, until=NOW + YEAR) -> bytes:
        draft = x509.CertificateBuilder().subject_name(name("sns.amazonaws.com")).issuer_name(name("Authority"))
        draft = draft.public_key(public_key).serial_number(x509.random_serial_number())
        draft = draft.not_valid_before(since).not_valid_after(until)
        return draft.sign(self.key, SHA256()).public_bytes(Encoding.PEM)


class Sns:
    """Signs messages, and serves the certificate to whoever asks for its address."""

    def __init__(self):
        self.authority = Authority()
        self.key = rsa_key()
        self.pem = self.authority.certificate(self.key.public_key())
        self.fetched = []

    def fetch(self, url) -> bytes:
        self.fetched.append(url)
        return self.pem

    def notification(self, said="{}", **changes):
        return self.signed({"Type": "Notification", "Message": said, "UnsubscribeURL": SUBSCRIBE_URL} | changes)

    def confirmation(self, kind="SubscriptionConfirmation", **changes):
        told = {"Type": kind, "Message": "Confirm.", "Token": "2336412f37", "SubscribeURL": SUBSCRIBE_URL}
        return self.signed(told | changes)

    def signed(self, facts, key=None, digest=None):
        """A whole message; `facts` wins over what is usual, and is signed as it is."""
        usual = {
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Timestamp": "2026-01-15T10:00:10.871Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        message = usual | facts
        said = "".join(f"{part}\n{message[part]}\n" for part in ORDER[message["Type"]] if part in message)
        signature = (key or self.key).sign(said.encode(), padding.PKCS1v15(), digest or SHA256())
        return message | {"Signature": base64.b64encode(signature).decode()}

    def signed_with_sha1(self):
        facts = {"Type": "Notification", "Message": "{}", "SignatureVersion": "1"}
        return self.signed(facts, digest=SHA1())  # what version 1 is
