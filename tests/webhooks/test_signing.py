"""Signatures that others verify: the published vector, the published package, and a secret that changes."""

import base64
import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.outbound.signing import headers_of, new_secret

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
EVENT_ID = "evt_44c408aebd0d5005ac197ecbbcef3092"
JOB = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
EVENT = {
    "id": EVENT_ID,
    "type": "job.completed",
    "created_at": "2026-01-15T10:00:10.871Z",
    "sequence": 1,
    "data": {
        "job_id": JOB,
        "status": "completed",
        "lane": "interactive",
        "reference": "crm-call-8841",
        "batch_id": None,
        "revision": 1,
        "revision_of": None,
        "language": "fr",
        "duration": 14.0,
        "needs_review": False,
        "warnings": ["text_suppressed"],
        "error": None,
        "transcript_url": f"https://stt.example.com/v1/jobs/{JOB}/transcript",
        "transcript_s3_uri": f"s3://calls-eu/transcripts/sales/{JOB}/r1.json",
        "transcript_sha256": "6be7a53c9fe89089888c1216fe814248617bb008ac3d85c0d89e0aea7e4215ac",
    },
}
BODY = json.dumps(EVENT, separators=(",", ":"), ensure_ascii=False).encode()


def signed(*secrets: str, at: float | None = None) -> dict[str, str]:
    return headers_of(EVENT_ID, time.time() if at is None else at, BODY, secrets)  # noqa: TID251  (the verifier's clock)


def test_the_published_vector_is_met():
    headers = headers_of(EVENT_ID, 1768471211.9, BODY, [SECRET])

    assert headers == {
        "webhook-id": EVENT_ID,
        "webhook-timestamp": "1768471211",
        "webhook-signature": "v1,MfriKcmXSag93wrpXc4y69zBxeMVMDagv7DpurQUlEg=",
        "content-type": "application/json",
        "user-agent": "Callscribe-Webhooks/1",
    }


def test_the_published_package_verifies():
    assert Webhook(SECRET).verify(BODY, signed(SECRET)) == EVENT


@pytest.mark.parametrize("field", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(field):
    headers = signed(SECRET)
    del headers[field]

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


def test_a_changed_body_is_refused():
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(BODY.replace(b"14.0", b"15.0"), signed(SECRET))


def test_a_changed_id_is_refused():
    headers = signed(SECRET) | {"webhook-id": "evt_0"}

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(BODY, headers)


def test_another_secret_is_refused():
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(new_secret()).verify(BODY, signed(SECRET))


@pytest.mark.parametrize(("off_s", "word"), [(-310, "too old"), (310, "too new")])
def test_a_moment_over_five_minutes_off_is_refused(off_s, word):
    headers = signed(SECRET, at=time.time() + off_s)  # noqa: TID251  (the verifier's clock)

    with pytest.raises(WebhookVerificationError, match=word):
        Webhook(SECRET).verify(BODY, headers)


def test_either_secret_verifies_while_they_change():
    old, new = new_secret(), new_secret()

    headers = signed(new, old)

    assert headers["webhook-signature"].count("v1,") == 2
    assert [Webhook(secret).verify(BODY, headers) for secret in (new, old)] == [EVENT, EVENT]


def test_letters_outside_ascii_are_signed_as_utf_8():
    body = '{"reference":"été"}'.encode()

    headers = headers_of(EVENT_ID, time.time(), body, [SECRET])  # noqa: TID251  (the verifier's clock)

    assert Webhook(SECRET).verify(body, headers) == {"reference": "été"}


def test_without_a_secret_nothing_is_signed():
    with pytest.raises(ValueError, match="secret"):
        signed()


def test_secrets_are_long_and_never_the_same():
    made = [new_secret() for _ in range(20)]

    assert len(set(made)) == 20
    assert {len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) for secret in made} == {32}
