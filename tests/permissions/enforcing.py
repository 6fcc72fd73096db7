"""moto with every role of Terraform on it, each taken by STS: with enforcement on it asks their policies.

What it cannot ask is in `UNASKED`; the tests of the extract hold that against the policies themselves.
"""

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from infra.moto import moto
from permissions.asked import ACCOUNT, REGION
from permissions.extracting import THE_KEY
from permissions.hands import Hands
from permissions.stage import (
    BUCKET,
    NAME,
    SOURCE,
    TABLE,
    Actor,
    Stage,
    arn,
    clients_of,
    policies_by_role,
    world_over,
)

from shared.aws.clients import Clients
from shared.emulator.making import table_definition

QUEUES = ("interactive", "interactive-dlq", "batch", "batch-dlq", "uploads", "webhooks")
ON, OFF = b"0", b"inf"
ALL = [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]
"""Of whoever seeds and looks: under enforcement nobody works without a role."""
UNASKED = {
    "conditions": "of a policy moto reads StringEquals alone, and of no call it knows the row, the prefix or the account",
    "kms": "moto encrypts nothing, so no service asks for the key",
    "presigned": "a request that is signed in its query is turned away: the same upload is sent signed in its header",
    "s3:ListBucket": "a HEAD of what is not there is 404 for everybody",
    "logs, xray, ecr, ecs": "nothing of them is called where nothing runs in Lambda or ECS",
}
"""What enforcement on moto leaves out, and why."""


@dataclass
class Enforced(Stage):
    """A stage whose emulator can be told to ask the policies."""

    iam: Any = None

    @contextlib.contextmanager
    def enforcing(self) -> Iterator[None]:
        """From now on each call is judged by the role that makes it."""
        self._switch(ON)
        try:
            yield
        finally:
            self._switch(OFF)

    def _switch(self, to: bytes) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=10)
        connection.request("POST", "/moto-api/reset-auth", to)
        assert connection.getresponse().status == http.client.OK
        connection.close()


@contextlib.contextmanager
def opened() -> Iterator[Enforced]:
    """A deployment, as far as calls need it, and everybody's credentials."""
    with moto() as endpoint:
        clients, session = clients_of(endpoint), boto3.Session(ACCOUNT, "test", region_name=REGION)
        iam, sts = session.client("iam", endpoint_url=endpoint), session.client("sts", endpoint_url=endpoint)
        _furnish(clients)
        hands, actors = Hands(clients), {}
        for role, policies in {**policies_by_role(), "admin": {"all": ALL}}.items():
            _create_role(iam, role, policies)
            taken = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{NAME}-{role}", RoleSessionName="test")
            actors[role] = _actor(endpoint, hands, taken["Credentials"])
        yield Enforced(endpoint, actors.pop("admin"), actors, iam=iam)


@contextlib.contextmanager
def without(stage: Enforced, role: str, action: str) -> Iterator[None]:
    """`role` may do all but `action`, for a while."""
    own = policies_by_role()[role]["own"]
    left = [{**one, "Action": [name for name in one["Action"] if name != action]} for one in own]
    put_policy(stage.iam, role, "own", [one for one in left if one["Action"]])
    try:
        yield
    finally:
        put_policy(stage.iam, role, "own", own)


def _create_role(iam: Any, role: str, policies: Any) -> None:
    nobody = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName=f"{NAME}-{role}", AssumeRolePolicyDocument=nobody)
    for name, statements in policies.items():
        put_policy(iam, role, name, statements)


def put_policy(iam: Any, role: str, name: str, statements: Any) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace(THE_KEY, arn("kms", "key/one"))
    iam.put_role_policy(RoleName=f"{NAME}-{role}", PolicyName=name, PolicyDocument=document)


def _actor(endpoint: str, hands: Hands, taken: Any) -> Actor:
    given = {"access_key": taken["AccessKeyId"], "secret_key": taken["SecretAccessKey"], "token": taken["SessionToken"]}
    clients, asking = hands.given(given)
    return Actor(clients, world_over(clients, endpoint), asking)


def _furnish(clients: Clients) -> None:
    place: Any = {"LocationConstraint": REGION}
    for bucket in (BUCKET, SOURCE):
        clients.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        clients.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    clients.dynamodb.create_table(**table_definition(TABLE))
    for name in QUEUES:
        clients.sqs.create_queue(QueueName=f"{NAME}-{name}")
    for name in ("events", "alarms"):
        clients.sns.create_topic(Name=f"{NAME}-{name}")
    raw, webhooks = {"RawMessageDelivery": "true"}, arn("sqs", f"{NAME}-webhooks")
    clients.sns.subscribe(TopicArn=arn("sns", f"{NAME}-events"), Protocol="sqs", Endpoint=webhooks, Attributes=raw)
    told: Any = {
        "QueueArn": arn("sqs", f"{NAME}-uploads"),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "audio/"}]}},
    }
    notices: Any = {"QueueConfigurations": [told]}
    clients.s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=notices)
