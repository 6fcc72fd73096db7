"""A client of the deployed functions: what the gateways, the queues and the clock would do to them."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
from lambdas.runtime import Function

from api.local.events import Call, event_of
from api.local.triggers import Trigger
from shared.aws.clients import Clients
from shared.emulator.learning import Ids
from shared.emulator.making import recorded
from shared.emulator.recording import ENDPOINT
from shared.emulator.resources import ACCOUNT, REGION, aws_environment
from shared.observe import observer

SECRET = "CALLSCRIBE_SUBJECT_KEY_SECRET"
FUNCTIONS = {name.rpartition("-")[2]: told for name, told in recorded().header["functions"].items()}
"""Handler, memory and timeout, as Terraform said, by the name of the function."""
SENT = {
    name.rpartition("-")[2]: json.loads(told["target"][0]["input"])
    for name, told in recorded().header["schedules"].items()
    if name.rpartition("-")[2] in FUNCTIONS
}
"""What the schedules send."""


def surroundings(endpoint: str) -> dict[str, str]:
    """What a function finds in its environment: Terraform's words, with AWS on this machine."""
    told = json.loads(Ids({ENDPOINT: endpoint}).renew(json.dumps(recorded().header["outputs"]["function_environment"])))
    return {**told, SECRET: _secret_arn(endpoint), **aws_environment(endpoint)}


def _secret_arn(endpoint: str) -> str:
    """The ARN of a secret ends in letters that every engine draws anew."""
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="test",
    )
    return secrets.describe_secret(SecretId="callscribe-local/subject-key")["ARN"]


@dataclass(frozen=True)
class Answer:
    """What the gateway would send back."""

    status: int
    json: Any


@dataclass(frozen=True)
class Gateway:
    """Speaks to the function `api` as a gateway does, with one key."""

    function: Function
    key: str

    def get(self, path: str) -> Answer:
        return self._send("GET", path, b"")

    def post(self, path: str, body: Any = None) -> Answer:
        return self._send("POST", path, b"" if body is None else json.dumps(body).encode())

    def _send(self, verb: str, path: str, body: bytes) -> Answer:
        headers = (("authorization", f"Bearer {self.key}"), ("content-type", "application/json"))
        call = Call(uuid.uuid4().hex, verb, path, "", headers, body)
        answer = self.function.call(event_of(call))
        return Answer(answer["statusCode"], json.loads(answer["body"]))


def feed(clients: Clients, queue_url: str, function: Function) -> int:
    """Give what waits in a queue to its function, and delete what it took; how many messages were taken."""
    trigger = Trigger(clients.sqs, queue_url, lambda event, _: function.call(event), observer("tests", "text"))
    return trigger.feed(2)
