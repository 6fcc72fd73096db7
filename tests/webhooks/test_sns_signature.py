"""Only our topic is believed: genuine messages of every type pass, and each forgery is named."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from webhooks.sns import CERTIFICATE_URL, NOW, SUBSCRIBE_URL, TOPIC, rsa_key

from api.examples.sns_signature import Forged, Kind, verify

PEM = "/SimpleNotificationService-0123456789abcdef.pem"
ELSEWHERE = {
    "a suffix": f"https://sns.eu-west-3.amazonaws.com.evil.test{PEM}",
    "a prefix": f"https://evil-sns.eu-west-3.amazonaws.com{PEM}",
    "a user": f"https://sns.eu-west-3.amazonaws.com@evil.test{PEM}",
    "a user and password": f"https://sns.eu-west-3.amazonaws.com:x@evil.test{PEM}",
    "a port": f"https://sns.eu-west-3.amazonaws.com:8443{PEM}",
    "no TLS": f"http://sns.eu-west-3.amazonaws.com{PEM}",
    "a capital scheme": f"HTTPS://sns.eu-west-3.amazonaws.com{PEM}",
    "another service": f"https://s3.eu-west-3.amazonaws.com{PEM}",
    "a bucket with such a name": f"https://sns.evil.s3.amazonaws.com{PEM}",
    "a folder": f"https://sns.eu-west-3.amazonaws.com/evil{PEM}",
    "a way up": f"https://sns.eu-west-3.amazonaws.com/../evil{PEM}",
    "another file": "https://sns.eu-west-3.amazonaws.com/evil.pem",
    "a query": f"https://sns.eu-west-3.amazonaws.com{PEM}?to=evil.test",
    "a fragment": f"https://sns.eu-west-3.amazonaws.com{PEM}#.pem",
    "a line feed": f"https://sns.eu-west-3.amazonaws.com{PEM}\n",
    "an address before it": f"https://evil.test/https://sns.eu-west-3.amazonaws.com{PEM}",
    "a slash that is none": f"https://sns.eu-west-3.amazonaws.com\\@evil.test{PEM}",
    "letters that look alike": f"https://sns.eu-west-3.\uff41mazonaws.com{PEM}",
    "another country": f"https://sns.eu-west-3.amazonaws.com.de{PEM}",
}


def refusal(message, sns, fetch=None, now=NOW) -> str:
    with pytest.raises(Forged) as refused:
        verify(message, TOPIC, now, fetch or sns.fetch)
    return str(refused.value)


@pytest.mark.parametrize("subject", [{}, {"Subject": "calls"}], ids=["no subject", "a subject"])
def test_a_genuine_notification_is_believed(sns, subject):
    said = verify(sns.notification("Grüezi", **subject), TOPIC, NOW, sns.fetch)

    assert (said.kind, said.message, said.subscribe_url) == (Kind.NOTIFICATION, "Grüezi", None)
    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_genuine_confirmation_says_where_to_subscribe(sns, kind):
    said = verify(sns.confirmation(kind), TOPIC, NOW, sns.fetch)

    assert (said.kind, said.subscribe_url) == (kind, SUBSCRIBE_URL)


def test_a_subject_that_is_null_is_none(sns):
    assert verify(sns.notification() | {"Subject": None}, TOPIC, NOW, sns.fetch).kind is Kind.NOTIFICATION


def test_the_chinese_partition_has_its_own_ending(sns):
    url = f"https://sns.cn-north-1.amazonaws.com.cn{PEM}"

    assert verify(sns.notification(SigningCertURL=url), TOPIC, NOW, sns.fetch).kind is Kind.NOTIFICATION


@pytest.mark.parametrize("url", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_certificate_from_elsewhere_is_never_fetched(sns, url):
    assert refusal(sns.notification(SigningCertURL=url), sns) == "SigningCertURL leads elsewhere"
    assert sns.fetched == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"TopicArn": TOPIC + "-of-another"}, "another topic"),
        ({"Timestamp": "2026-01-15T08:59:59.000Z"}, "not of this hour"),
        ({"Timestamp": "2026-01-15T11:00:30.000Z"}, "not of this hour"),
        ({"Timestamp": "2026-01-15T10:00:10.871"}, "no instant"),
        ({"Timestamp": "now"}, "no instant"),
        ({"SignatureVersion": "3"}, "not signed with SHA-256: set SignatureVersion 2 on the topic"),
    ],
    ids=["other topic", "stale", "future", "no time zone", "no time", "unknown version"],
)
def test_what_our_topic_would_not_say_is_forged(sns, changes, reason):
    assert refusal(sns.notification(**changes), sns) == reason
    assert sns.fetched == []


def test_the_old_signature_is_refused(sns):
    assert refusal(sns.signed_with_sha1(), sns).startswith("not signed with SHA-256")


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp"])
def test_a_changed_field_breaks_the_signature(sns, field):
    changed = sns.notification(Subject="calls") | {field: "2026-01-15T10:00:09.000Z"}

    assert refusal(changed, sns) == "the signature does not fit"


@pytest.mark.parametrize("field", ["Token", "SubscribeURL"])
def test_a_changed_confirmation_breaks_the_signature(sns, field):
    assert refusal(sns.confirmation() | {field: SUBSCRIBE_URL + "0"}, sns) == "the signature does not fit"


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_confirmation_cannot_pass_for_another(sns, kind):
    other = {"SubscriptionConfirmation", "UnsubscribeConfirmation"} - {kind}

    assert refusal(sns.confirmation(kind) | {"Type": other.pop()}, sns) == "the signature does not fit"


def test_a_subject_that_was_added_breaks_the_signature(sns):
    assert refusal(sns.notification() | {"Subject": "calls"}, sns) == "the signature does not fit"


def test_another_key_does_not_fit(sns):
    forged = sns.signed({"Type": "Notification", "Message": "{}"}, key=rsa_key())

    assert refusal(forged, sns) == "the signature does not fit"


@pytest.mark.parametrize("signature", ["", "AAAA", "no base64", "é", "\ud800"])
def test_what_is_no_signature_is_refused(sns, signature):
    assert refusal(sns.notification() | {"Signature": signature}, sns) == "the signature does not fit"


def test_a_signature_with_other_signs_in_it_is_refused(sns):
    message = sns.notification()

    assert refusal(message | {"Signature": message["Signature"] + "!"}, sns) == "the signature does not fit"


def test_a_lone_surrogate_is_refused(sns):
    assert refusal(sns.notification() | {"Message": "\ud800"}, sns) == "the signature does not fit"


@pytest.mark.parametrize("field", ["SigningCertURL", "TopicArn", "Timestamp", "Type", "Message", "Signature"])
@pytest.mark.parametrize("value", [None, 7, ["x"], {"x": 1}])
def test_a_field_that_is_no_text_is_refused(sns, field, value):
    assert refusal(sns.notification() | {field: value}, sns) == f"no {field}"


def test_an_unknown_type_is_refused(sns):
    assert refusal(sns.notification() | {"Type": "Invitation"}, sns) == "unknown type"


@pytest.mark.parametrize("days", [-366, 366], ids=["not yet", "no longer"])
def test_a_certificate_out_of_its_time_is_refused(sns, days):
    since = NOW + timedelta(days=days)
    pem = sns.authority.certificate(sns.key.public_key(), since, since + timedelta(days=1))

    assert refusal(sns.notification(), sns, lambda _: pem) == "the certificate is not valid now"


def test_a_certificate_of_another_kind_is_refused(sns):
    pem = sns.authority.certificate(ec.generate_private_key(ec.SECP256R1()).public_key())

    assert refusal(sns.notification(), sns, lambda _: pem) == "no RSA key"


@pytest.mark.parametrize("pem", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(sns, pem):
    assert refusal(sns.notification(), sns, lambda _: pem) == "no certificate"


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-3.amazonaws.com.evil.test/?Action=ConfirmSubscription",
        "https://sns.eu-west-3.amazonaws.com@evil.test/?Action=ConfirmSubscription",
        "https://169.254.169.254/?Action=ConfirmSubscription",
        "http://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription",
        "https://sns.eu-west-3.amazonaws.com/evil?Action=ConfirmSubscription",
        "https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription evil",
    ],
)
def test_a_subscription_elsewhere_is_never_confirmed(sns, url):
    assert refusal(sns.confirmation(SubscribeURL=url), sns) == "SubscribeURL leads elsewhere"
