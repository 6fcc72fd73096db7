"""The policies themselves, as Terraform plans them: who may take a role, what no role may, and what only services ask."""

import pytest
from permissions.asked import Asked
from permissions.extracting import THE_KEY, sources_sha256
from permissions.granted import extract, grants
from permissions.stage import BUCKET, NAME, SOURCE, TABLE, arn, policies_by_role

FUNCTIONS = ("api", "uploaded", "reconcile", "backlog", "deliver", "deadletters", "nightly", "canary")
TAKEN_BY = {
    **dict.fromkeys(FUNCTIONS, "lambda.amazonaws.com"),
    **dict.fromkeys(("worker", "execution"), "ecs-tasks.amazonaws.com"),
    "instance": "ec2.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "flow": "vpc-flow-logs.amazonaws.com",
}
NEVER_CROSSES_ACCOUNTS = {"lambda.amazonaws.com", "ec2.amazonaws.com"}
EVERYWHERE = {
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "xray:PutSpans",
    "xray:PutTraceSegments",
}
"""Actions that know no resource."""
KEPT_UNDER_THE_KEY = {
    "api": "dynamodb s3 secretsmanager sns sqs",
    "backlog": "dynamodb",
    "canary": "secretsmanager",
    "deadletters": "dynamodb sns sqs",
    "deliver": "dynamodb sqs",
    "nightly": "dynamodb s3 secretsmanager sns sqs",
    "operator": "dynamodb s3 secretsmanager sqs",
    "reconcile": "dynamodb s3 sns sqs",
    "uploaded": "dynamodb s3 sns sqs",
    "worker": "dynamodb s3 sns sqs",
}
OF_SERVICES = {
    "execution": {
        "ecr:BatchCheckLayerAvailability repository/callscribe-worker",
        "ecr:BatchGetImage repository/callscribe-worker",
        "ecr:GetAuthorizationToken *",
        "ecr:GetDownloadUrlForLayer repository/callscribe-worker",
        "logs:CreateLogStream log-group:/callscribe/local/worker:*",
        "logs:PutLogEvents log-group:/callscribe/local/worker:*",
    },
    "flow": {
        "logs:CreateLogStream log-group:/callscribe/local/flow:*",
        "logs:DescribeLogGroups log-group:*",
        "logs:DescribeLogStreams log-group:/callscribe/local/flow:*",
        "logs:PutLogEvents log-group:/callscribe/local/flow:*",
    },
    "instance": {
        "ecs:DeregisterContainerInstance cluster/callscribe-local",
        "ecs:DiscoverPollEndpoint *",
        "ecs:Poll container-instance/callscribe-local/*",
        "ecs:RegisterContainerInstance cluster/callscribe-local",
        "ecs:StartTelemetrySession container-instance/callscribe-local/*",
        "ecs:SubmitAttachmentStateChanges cluster/callscribe-local",
        "ecs:SubmitContainerStateChange cluster/callscribe-local",
        "ecs:SubmitTaskStateChange cluster/callscribe-local",
        "ecs:UpdateContainerInstancesState container-instance/callscribe-local/*",
    },
    "scheduler": {
        "kms:Decrypt the key of the environment",
        "kms:GenerateDataKey the key of the environment",
        "lambda:InvokeFunction function:callscribe-local-backlog:live",
        "lambda:InvokeFunction function:callscribe-local-canary:live",
        "lambda:InvokeFunction function:callscribe-local-nightly:live",
        "lambda:InvokeFunction function:callscribe-local-reconcile:live",
        "sqs:SendMessage callscribe-local-nightly-dlq",
    },
}
"""Rights of roles under which nothing of ours runs: AWS's own agents ask for them, so they are listed one by one."""


def statements():
    return [(path, one) for path, policy in extract()["policies"].items() for one in policy]


def allowed(role: str, asked: Asked) -> bool:
    return any(grant.allows(asked) for policy in policies_by_role()[role].values() for grant in grants(policy))


def test_the_extract_is_of_the_policies_as_they_are():
    assert extract()["sources_sha256"] == sources_sha256(), (
        "infra/iam*.tf changed: run `PYTHONPATH=tests .venv/bin/python -m permissions`"
    )


def test_no_policy_names_an_action_by_a_wildcard():
    assert [path for path, one in statements() if any("*" in action for action in one["Action"])] == []


def test_only_what_knows_no_resource_is_granted_on_all():
    on_all = {action for _, one in statements() if "*" in one["Resource"] for action in one["Action"]}

    assert on_all == EVERYWHERE


def test_a_policy_only_ever_allows():
    assert {one["Effect"] for _, one in statements()} == {"Allow"}


def test_each_role_is_taken_by_one_service():
    taken_by = {role.removeprefix(f"{NAME}-"): one for role, [one] in extract()["trust"].items()}

    assert {role: one["Principal"] for role, one in taken_by.items()} == {
        role: {"Service": [service]} for role, service in TAKEN_BY.items()
    }


def test_a_service_takes_a_role_for_our_account_alone():
    for [trust] in extract()["trust"].values():
        condition = trust.get("Condition", {})
        if trust["Principal"]["Service"][0] not in NEVER_CROSSES_ACCOUNTS:
            assert condition["StringEquals"] == {"aws:SourceAccount": ["123456789012"]}
            assert ":123456789012:" in condition["ArnLike"]["aws:SourceArn"][0]


@pytest.mark.parametrize(("role", "services"), KEPT_UNDER_THE_KEY.items())
def test_the_key_is_used_through_services_alone(role, services):
    [used] = [one for policy in policies_by_role()[role].values() for one in policy if one["Resource"] == [THE_KEY]]

    through = [f"{service}.eu-central-1.amazonaws.com" for service in services.split()]
    assert used["Condition"] == {"StringEquals": {"kms:ViaService": through}}


def test_who_keeps_nothing_under_the_key_only_decrypts():
    only = {
        role
        for role, policies in policies_by_role().items()
        for one in (one for policy in policies.values() for one in policy)
        if one["Resource"] == [THE_KEY] and one["Action"] == ["kms:Decrypt"]
    }

    assert only == {"backlog", "canary"}


@pytest.mark.parametrize(("role", "rights"), OF_SERVICES.items())
def test_what_agents_of_aws_may_is_listed(role, rights):
    own = grants(one for policy in policies_by_role()[role].values() for one in policy)

    assert {f"{grant.action} {grant.resource.split(':', 5)[-1]}" for grant in own} == rights


@pytest.mark.parametrize("role", [*FUNCTIONS, "worker"])
@pytest.mark.parametrize("row", ["K#0123456789", "A#arn:aws:iam::1:role/x", "KEYS"])
def test_nobody_but_an_operator_writes_who_may_call(role, row):
    writes = ("PutItem", "UpdateItem", "DeleteItem")
    table = arn("dynamodb", f"table/{TABLE}")

    assert not any(allowed(role, Asked(f"dynamodb:{write}", table, row=row)) for write in writes)
    assert allowed("operator", Asked("dynamodb:PutItem", table, row=row))


def test_the_secrets_of_endpoints_are_read_by_who_signs_or_shows_them():
    table = arn("dynamodb", f"table/{TABLE}")
    secrets = [
        Asked(f"dynamodb:{read}", table, row="T#sales#WEBHOOKS") for read in ("GetItem", "BatchGetItem", "Query")
    ]

    readers = {role for role in TAKEN_BY if any(allowed(role, asked) for asked in secrets)}

    assert readers == {"api", "deliver"}


@pytest.mark.parametrize(
    ("secret", "readers"), [("subject-key", {"api", "nightly", "operator"}), ("canary-key", {"canary"})]
)
def test_a_secret_is_read_by_who_needs_it(secret, readers):
    asked = Asked("secretsmanager:GetSecretValue", arn("secretsmanager", f"secret:{NAME}/{secret}-AbCdEf"))

    assert {role for role in policies_by_role() if allowed(role, asked)} == readers


@pytest.mark.parametrize("role", policies_by_role())
def test_nobody_writes_over_or_into_what_others_own(role):
    foreign = (
        Asked("s3:PutObject", f"arn:aws:s3:::{SOURCE}/call-1.wav"),
        Asked("s3:DeleteObject", f"arn:aws:s3:::{BUCKET}/transcripts/sales/x"),
        Asked("sns:Publish", arn("sns", f"{NAME}-alarms")),
        Asked("dynamodb:PutItem", arn("dynamodb", "table/callscribe-prod-jobs"), row="T#sales#J#x"),
    )

    assert not any(allowed(role, asked) for asked in foreign)


@pytest.mark.parametrize("role", FUNCTIONS)
def test_a_function_writes_its_own_log(role):
    logs = {grant.resource for grant in grants(policies_by_role()[role]["own"]) if grant.action.startswith("logs:")}

    assert logs == {arn("logs", f"log-group:/aws/lambda/{NAME}-{role}:*")}
