"""boto3 clients with our timeouts and retries; the endpoint comes from the environment (`AWS_ENDPOINT_URL`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.patience import Budget, PacedSession, Patience
from shared.errors.transient import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Clients:
    """One client a service, shared by all threads."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


def connect(patience: Patience | None = None) -> Clients:
    """Make the clients from the environment's region, credentials and endpoint.

    Signature version s3v4 is set because some regions presign with version 2 by default, which signs neither the
    length nor If-None-Match of an upload. Virtual addressing is said, though it is the default, for else a signed place
    lies at s3.amazonaws.com, which redirects to the region while a bucket is new: a browser follows no redirect of the
    question it asks before an upload.
    """
    patience = patience or Patience()
    config = Config(
        connect_timeout=patience.connect_s,
        read_timeout=patience.silence_s,
        retries={"mode": "standard", "total_max_attempts": patience.attempts},
        max_pool_connections=32,
        signature_version="s3v4",
        # Our objects carry a sha256 of their own; the default CRC would change what a presigned PUT must send.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    plain = config.merge(Config(signature_version="v4"))
    session = boto3.session.Session()
    return Clients(
        s3=patient(session.client("s3", config=config.merge(Config(s3={"addressing_style": "virtual"}))), patience),
        sqs=patient(session.client("sqs", config=plain), patience),
        sns=patient(session.client("sns", config=plain), patience),
        dynamodb=patient(session.client("dynamodb", config=plain), patience),
    )


def patient(client: C, patience: Patience) -> C:
    """Make each call of `client` end in time."""
    made: Any = client
    made.meta.events.register("request-created", Budget(patience).begin)
    # botocore has no setting for it; `before-send` cannot stand in for the session, for every handler of it is called.
    made._endpoint.http_session = PacedSession(made._endpoint.http_session, patience)  # noqa: SLF001
    return client


def error_code(error: ClientError) -> str:
    """The service's own code of `error`."""
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def translated() -> Iterator[None]:
    """Name what an AWS call may raise after its retries.

    Raises:
        StorageUnavailable: whatever is left that the adapter did not handle; the job is released, uncharged.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
        raise StorageUnavailable(aws=code) from error
