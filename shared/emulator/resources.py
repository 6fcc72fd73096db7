"""The local account, and the environment in which every process of the local stack finds what Terraform made there."""

import json
from typing import Final

from shared.emulator.learning import Ids
from shared.emulator.recording import Recording

ACCOUNT = "123456789012"
"""Of the emulator: there the access key id is the account."""
SECRET = "test"  # noqa: S105 - the one secret with which the emulator checks presigned signatures
REGION: Final = "eu-central-1"

ELSEWHERE = frozenset(
    {
        "CALLSCRIBE_BASE_URL",  # the recorded gateway's: the API of a laptop answers on a port of its own
        "CALLSCRIBE_INTERNAL_API_ID",  # no gateway stands here that could have checked a signature
        "CALLSCRIBE_LOG_FORMAT",  # a person reads it
        "CALLSCRIBE_TRACES",  # whoever starts the processes says where spans go
    }
)
"""What the functions are told of a place that a laptop is not."""


def arn(service: str, name: str) -> str:
    """The ARN of a queue or topic of the local account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def queue_url(endpoint: str, name: str) -> str:
    """Where a queue answers; the same on every engine."""
    return f"{endpoint}/{ACCOUNT}/{name}"


def environment(recording: Recording, ids: Ids, endpoint: str) -> dict[str, str]:
    """What every process of the local stack finds in its environment: where AWS is, and the names of its things.

    Args:
        recording: what Terraform made, and what it tells the functions.
        ids: what the engine at `endpoint` called it.
        endpoint: where the emulator answers, `http://127.0.0.1:<port>`.
    """
    told: dict[str, str] = json.loads(ids.renew(json.dumps(recording.header["outputs"]["function_environment"])))
    return {**aws_environment(endpoint), **{name: told[name] for name in sorted(told) if name not in ELSEWHERE}}


def aws_environment(endpoint: str) -> dict[str, str]:
    """What botocore reads; no file of the person at the keyboard can lead it to the real AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
