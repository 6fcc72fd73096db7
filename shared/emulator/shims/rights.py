"""Gap 15: with enforcement on, moto must know which action on which resource a call is."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from moto.core.authorization import ActionAuthenticatorMixin
from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.responses import SNSResponse

from shared.emulator.shims.patching import replace

_authorize = ActionAuthenticatorMixin._authenticate_and_authorize_normal_action  # noqa: SLF001 - what is replaced
_authorize_s3 = ActionAuthenticatorMixin._authenticate_and_authorize_s3_action  # noqa: SLF001 - as above
PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def _table_arn(self: Any, table: str, index: str | None = None) -> str:
    arn = table if table.startswith("arn:") else f"arn:aws:dynamodb:{self.region}:{self.current_account}:table/{table}"
    return f"{arn}/index/{index}" if index else arn


def _rows_touched(self: Any) -> Iterator[tuple[str, str]]:
    """Action and ARN of all that a call to DynamoDB does; IAM knows no transaction, only its parts."""
    action, asked = self._get_action(), self.body
    match action:
        case "TransactWriteItems" | "TransactGetItems":
            for [(kind, what)] in (one.items() for one in asked["TransactItems"]):
                yield PARTS[kind], _table_arn(self, what["TableName"])
        case "BatchGetItem" | "BatchWriteItem":
            yield from ((action, _table_arn(self, table)) for table in asked["RequestItems"])
        case _:
            table = asked.get("TableName")
            yield action, _table_arn(self, table, asked.get("IndexName")) if table else "*"


def authorize_dynamodb(self: Any, resource: str = "*") -> None:
    """Ask for every part of a call."""
    del resource
    plain = self._get_action
    for action, arn in dict.fromkeys(_rows_touched(self)):
        self._get_action = lambda action=action: action
        try:
            _authorize(self, arn)
        finally:
            self._get_action = plain


def authorize_s3(self: Any, bucket_name: str | None = None, key_name: str | None = None) -> None:
    """Reading a version is an action of its own also by HEAD; a deletion of many asks for each object."""
    action = self.data.get("Action")
    if action == "DeleteObject" and not key_name:
        for key, name in _objects_deleted(self):
            self.data["Action"] = name
            _authorize_s3(self, bucket_name, key)
        return
    if action == "GetObject" and "versionId" in self.querystring:
        self.data["Action"] = "GetObjectVersion"
    elif action == "HeadBucket":
        self.data["Action"] = "ListBucket"
    _authorize_s3(self, bucket_name, key_name)


def _objects_deleted(self: Any) -> list[tuple[str, str]]:
    """Key and action of each object that a deletion of many names."""
    named = ET.fromstring(self.body).iterfind("{*}Object")  # noqa: S314 - a test's own request
    return [
        (one.findtext("{*}Key", ""), "DeleteObject" if one.find("{*}VersionId") is None else "DeleteObjectVersion")
        for one in named
    ]


def topic(self: Any) -> str:
    """The topic that a call to SNS is about."""
    arn: str = self._get_param("TopicArn") or self._get_param("TargetArn") or "*"
    return arn


def secret(self: Any) -> str:
    """The secret that a call is about, by its whole ARN."""
    name = self._get_param("SecretId")
    held = self.backend.secrets.get(name) if name else None
    arn: str = held.arn if held else name or "*"
    return arn


def install() -> None:
    """Close gap 15."""
    replace(DynamoHandler, _authenticate_and_authorize_normal_action=authorize_dynamodb)
    replace(S3Response, _authenticate_and_authorize_s3_action=authorize_s3)
    replace(SNSResponse, _determine_resource=topic)
    replace(SecretsManagerResponse, _determine_resource=secret)
