"""What each role asks of AWS while it does all that it ever does, held against its policy: nothing more, nothing less."""

import pytest
from permissions.acting.everything import do_everything
from permissions.granted import Grant, grants
from permissions.noting import noted
from permissions.stage import BUCKET, SOURCE, TABLE, policies_by_role

ROLES = ("api", "uploaded", "reconcile", "backlog", "deliver", "deadletters", "nightly", "worker", "operator")
EXCUSED = {
    "ecs:GetTaskProtection": "the agent beside the worker asks, in the name of its task",
    "ecs:UpdateTaskProtection": "as above",
    "kms:Decrypt": "the services that keep something under the key ask, in the name of who called them",
    "kms:GenerateDataKey": "as above",
    "logs:CreateLogStream": "Lambda asks, in the name of the function",
    "logs:PutLogEvents": "as above",
    "secretsmanager:GetSecretValue": "asked once, before there is a world; the matrix tries it",
    "secretsmanager:PutSecretValue": "a person gives the canary its key",
    "sqs:SendMessage callscribe-local-nightly-dlq": "Lambda sends a night that failed for good, in the function's name",
    "xray:PutSpans": "spans are posted and signed by hand",
    "xray:PutTraceSegments": "as above",
}
"""Rights that are needed and that no adapter of ours asks for: an action, or one on one resource."""

ROWS = {
    *("A#*", "K#*", "KEYS", "BACKLOG", "HEALTH", "LANES", "NIGHT", "WORKERS"),
    *("T#*#ALLOWANCES", "T#*#BATCHES", "T#*#ERASED", "T#*#ERASURES", "T#*#I#*", "T#*#J#*"),
    *("T#*#W#*", "T#*#WATERMARKS", "T#*#WEBHOOKS"),
}
"""Every kind of row that there is, as a policy names it."""
FOLDERS = {f"{BUCKET}/{folder}/*" for folder in ("audio", "listening", "requests", "transcripts", "work")} | {
    f"{SOURCE}/*"
}


@pytest.fixture(scope="module")
def asked():
    """What was asked, by role."""
    stage = noted()
    do_everything(stage)
    return {role: actor.asking.seen for role, actor in stage.actors.items()}


def granted(role: str) -> tuple[Grant, ...]:
    return grants(statement for policy in policies_by_role()[role].values() for statement in policy)


def idle(role: str, asked) -> list[Grant]:
    """Rights that nobody used."""
    parts = (part for grant in granted(role) for part in grant.parts)
    return [part for part in parts if not any(part.allows(one) for one in asked[role])]


def excuse_of(grant):
    return grant.name if grant.name in EXCUSED else grant.action


def test_no_role_asks_for_what_it_is_not_granted(asked):
    beyond = {role: [one for one in asked[role] if not any(own.allows(one) for own in granted(role))] for role in ROLES}

    assert beyond == {role: [] for role in ROLES}


def test_no_role_is_granted_what_it_never_asks_for(asked):
    unused = {role: [own.name for own in idle(role, asked) if excuse_of(own) not in EXCUSED] for role in ROLES}

    assert unused == {role: [] for role in ROLES}


def test_every_excuse_is_needed(asked):
    assert {excuse_of(grant) for role in ROLES for grant in idle(role, asked)} == set(EXCUSED)


def test_rows_are_granted_by_their_kind():
    assert {row for role in ROLES for grant in granted(role) for row in grant.rows} == ROWS


def test_objects_are_granted_by_their_folder():
    resources = {
        grant.resource.split(":::")[1] for role in ROLES for grant in granted(role) if ":s3:::" in grant.resource
    }

    assert {resource for resource in resources if "/" in resource} == FOLDERS


def test_only_an_operator_may_look_at_all():
    wide = {
        (role, grant.action)
        for role in ROLES
        for grant in granted(role)
        if (grant.resource.endswith(f"/{TABLE}") and not grant.rows)
        or (grant.action == "s3:ListBucketVersions" and not grant.prefixes)
    }

    reads = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "s3:ListBucketVersions")
    assert wide == {("operator", read) for read in reads}
