"""Gap 15: which action on which resource a call is, where moto enforces IAM."""

import http.client
import json
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from emulator_contract.motos import plain, shimmed

ACCOUNT = "arn:aws:{service}:eu-central-1:123456789012:{name}"


@contextmanager
def enforced(engine):
    """Judge every call by the rights of its caller while the block lasts."""
    _judge_after(engine, "0")
    try:
        yield
    finally:
        _judge_after(engine, "inf")


def _judge_after(engine, calls):
    address = urlsplit(engine.endpoint)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request("POST", "/moto-api/reset-auth", calls)
    connection.getresponse().read()
    connection.close()


def may(engine, service, action, resource, call):
    """Whether a role that may do `action` on `resource`, and nothing else, can make the call."""
    name = f"role-{uuid.uuid4().hex[:8]}"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    role = engine.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    engine.iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=json.dumps(policy))
    held = engine.sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = engine.client(
        service,
        aws_access_key_id=held["AccessKeyId"],
        aws_secret_access_key=held["SecretAccessKey"],
        aws_session_token=held["SessionToken"],
    )
    with enforced(engine):
        try:
            call(client)
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"] != http.client.FORBIDDEN
    return True


def put_row(client):
    client.put_item(TableName="jobs", Item={"pk": {"S": "a"}})


def query_index(client):
    client.query(
        TableName="jobs",
        IndexName="due",
        KeyConditionExpression="pk = :a",
        ExpressionAttributeValues={":a": {"S": "a"}},
    )


def put_in_transaction(client):
    client.transact_write_items(TransactItems=[{"Put": {"TableName": "jobs", "Item": {"pk": {"S": "a"}}}}])


def publish(client):
    client.publish(TopicArn=ACCOUNT.format(service="sns", name="events"), Message="done")


def read_secret(client):
    client.get_secret_value(SecretId=ACCOUNT.format(service="secretsmanager", name="secret:key"))


def head_version(client):
    client.head_object(Bucket="calls", Key="audio/call", VersionId="1")


def delete_many(client):
    answer = client.delete_objects(Bucket="calls", Delete={"Objects": [{"Key": "work/a"}, {"Key": "work/b"}]})
    if any(error["Code"] == "AccessDenied" for error in answer.get("Errors", [])):
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": http.client.FORBIDDEN}}, "DeleteObjects")


JOBS = ACCOUNT.format(service="dynamodb", name="table/jobs")
ROWS = [
    ("dynamodb", "dynamodb:PutItem", JOBS, put_row),
    ("dynamodb", "dynamodb:Query", f"{JOBS}/index/due", query_index),
    ("dynamodb", "dynamodb:PutItem", JOBS, put_in_transaction),
    ("sns", "sns:Publish", ACCOUNT.format(service="sns", name="events"), publish),
    (
        "secretsmanager",
        "secretsmanager:GetSecretValue",
        ACCOUNT.format(service="secretsmanager", name="secret:key"),
        read_secret,
    ),
    ("s3", "s3:GetObjectVersion", "arn:aws:s3:::calls/audio/*", head_version),
    ("s3", "s3:DeleteObject", "arn:aws:s3:::calls/work/*", delete_many),
]
NAMES = [call.__name__ for *_, call in ROWS]


@pytest.mark.parametrize(("service", "action", "resource", "call"), ROWS, ids=NAMES)
def test_gap_15_a_right_on_one_resource_is_understood(service, action, resource, call):
    assert not may(plain(), service, action, resource, call)
    assert may(shimmed(), service, action, resource, call)


@pytest.mark.parametrize(("service", "action", "resource", "call"), ROWS, ids=NAMES)
def test_a_right_on_another_resource_is_no_right(service, action, resource, call):
    assert not may(shimmed(), service, action, f"{resource}-of-others", call)
