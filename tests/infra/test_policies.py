"""Who may use a bucket, a queue, a topic and the key without a role of ours; read from what Terraform made."""

import json
import re

import pytest

from shared.emulator.making import recorded
from shared.emulator.resources import ACCOUNT

PASSING_ON = ("budgets", "cloudwatch", "events", "s3", "sns")
KEY_USERS = {
    *(f"{service}.amazonaws.com" for service in (*PASSING_ON, "cloudtrail")),
    "logs.eu-central-1.amazonaws.com",
}
"""Without them an encrypted queue, topic, trail or log stays empty, and nothing says so."""
BOUND = ("aws:SourceArn", "aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn")
"""Conditions that tell our service from somebody else's."""
SENDERS = {
    "callscribe-local-uploads": {"s3.amazonaws.com"},
    "callscribe-local-webhooks": {"sns.amazonaws.com"},
    "callscribe-local-webhooks-dlq": {"sns.amazonaws.com"},
    "callscribe-local-subscribers-dlq": {"sns.amazonaws.com"},
}
"""Queue: the services that may send to it; no other queue takes anything but from our roles."""


def policies():
    """Address and statements of each policy that hangs on a resource; a topic itself only knows its first one."""
    for address, values in recorded().header["resources"].items():
        if values.get("policy") and not address.startswith("aws_sns_topic."):
            statements = json.loads(values["policy"])["Statement"]
            yield address, statements if isinstance(statements, list) else [statements]


def listed(value):
    return value if isinstance(value, list) else [value]


STATEMENTS = [(address, one) for address, statements in policies() for one in statements]
ALLOWED = [(address, one) for address, one in STATEMENTS if one["Effect"] == "Allow"]


def services(statement):
    principal = statement.get("Principal", {})
    return set(listed(principal.get("Service", []))) if isinstance(principal, dict) else set()


def conditions(statement):
    return {name: value for test in statement.get("Condition", {}).values() for name, value in test.items()}


def test_each_bucket_queue_and_topic_refuses_plain_http():
    guarded = {
        address
        for address, one in STATEMENTS
        if one["Effect"] == "Deny" and conditions(one).get("aws:SecureTransport") == "false"
    }
    needing = {address for address, _ in policies() if not address.startswith("aws_kms")}

    assert len(guarded) >= 14
    assert needing - guarded == set()


@pytest.mark.parametrize(("address", "statement"), ALLOWED, ids=[f"{one} {two['Sid']}" for one, two in ALLOWED])
def test_nobody_is_let_in_without_a_bound(address, statement):
    is_anybody = statement["Principal"] in ("*", {"AWS": "*"})
    bound = set(conditions(statement)) & {*BOUND, "kms:CallerAccount"}

    assert bound or not (is_anybody or services(statement))


def test_the_key_serves_the_services_that_need_it():
    [statements] = [statements for address, statements in policies() if address == "aws_kms_key.main"]

    assert set().union(*map(services, statements)) == KEY_USERS


def test_a_queue_takes_messages_from_its_source_alone():
    sending = {}
    for _, one in ALLOWED:
        for arn in listed(one["Resource"]):
            if ":sqs:" in arn:
                sending.setdefault(arn.rpartition(":")[2], set()).update(services(one))

    assert sending == SENDERS


def test_no_service_is_trusted_with_all_actions():
    wide = [
        (address, one["Sid"])
        for address, one in ALLOWED
        if services(one) and re.search(r'(:|")\*"', str(one["Action"]))
    ]

    assert wide == []


def test_only_the_account_decides_over_the_key():
    every = [one for address, one in ALLOWED if "kms:*" in listed(one["Action"])]

    assert [one["Principal"] for one in every] == [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}]


def test_a_transcript_is_written_once_whoever_writes():
    [deny] = [one for _, one in STATEMENTS if one["Sid"] == "WriteTranscriptsOnce"]

    assert (deny["Effect"], deny["Action"]) == ("Deny", "s3:PutObject")
    assert deny["Resource"].endswith("/transcripts/*")
    assert conditions(deny)["s3:if-none-match"] == "true"
