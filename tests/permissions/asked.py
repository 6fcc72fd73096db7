"""What a role asks of AWS while it works: the action as a policy names it, and the resource as a policy would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-central-1"
PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
"""IAM knows no transaction: each of its writes needs the right of that write alone."""
LISTS = {"ListObjectVersions": "ListBucketVersions", "ListObjectsV2": "ListBucket"}


@dataclass(frozen=True, order=True)
class Asked:
    """One right that was needed; `row` is the beginning of the row's key, `prefix` what was listed."""

    action: str
    resource: str
    row: str | None = None
    prefix: str | None = None


@dataclass
class Asking:
    """All that one role asked for, and what it was refused."""

    seen: set[Asked] = field(default_factory=set)
    denied: list[str] = field(default_factory=list)


def needs(service: str, operation: str, params: Any) -> Iterable[Asked]:
    """What one request needs: each write of a transaction, and each object of a batch, on its own."""
    match service:
        case "dynamodb":
            return _of_rows(operation, params)
        case "s3":
            return _of_objects(operation, params)
        case "sqs":
            return [Asked(f"sqs:{operation}", _arn("sqs", params["QueueUrl"].rsplit("/", 1)[1]))]
        case "sns":
            return [Asked(f"sns:{operation}", params["TopicArn"])]
    raise AssertionError(f"nobody has said what {service}:{operation} needs")


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def _of_rows(operation: str, params: Any) -> list[Asked]:
    match operation:
        case "TransactWriteItems":
            writes = [write for item in params["TransactItems"] for write in item.items()]
            return [
                _of_row(PARTS[kind], write["TableName"], write.get("Item") or write["Key"]) for kind, write in writes
            ]
        case "BatchGetItem":
            return [
                _of_row(operation, table, key)
                for table, wanted in params["RequestItems"].items()
                for key in wanted["Keys"]
            ]
        case "Query":
            return [_of_query(params)]
        case "Scan":
            return [Asked("dynamodb:Scan", _arn("dynamodb", f"table/{params['TableName']}"))]
    return [_of_row(operation, params["TableName"], params.get("Item") or params["Key"])]


def _of_row(action: str, table: str, key: Any) -> Asked:
    return Asked(f"dynamodb:{action}", _arn("dynamodb", f"table/{table}"), row=key["pk"]["S"])


def _of_query(params: Any) -> Asked:
    """The value of the hash key is the first one that the condition names."""
    table = _arn("dynamodb", f"table/{params['TableName']}")
    if "IndexName" in params:
        return Asked("dynamodb:Query", f"{table}/index/{params['IndexName']}")
    placeholder = params["KeyConditionExpression"].strip("(").split(" = ")[1].split(" ")[0].strip(")")
    return Asked("dynamodb:Query", table, row=params["ExpressionAttributeValues"][placeholder]["S"])


def _of_objects(operation: str, params: Any) -> Iterator[Asked]:
    bucket = f"arn:aws:s3:::{params['Bucket']}"
    if operation in LISTS:
        yield Asked(f"s3:{LISTS[operation]}", bucket, prefix=params.get("Prefix", ""))
        return
    named = params["Delete"]["Objects"] if operation == "DeleteObjects" else [params]
    action = {"HeadObject": "GetObject", "DeleteObjects": "DeleteObject"}.get(operation, operation)
    for one in named:
        version = "Version" if "VersionId" in one else ""
        yield Asked(f"s3:{action}{version}", f"{bucket}/{one['Key']}")
    if operation in ("HeadObject", "GetObject"):
        # Without it S3 answers 403 instead of 404 where nothing is.
        yield Asked("s3:ListBucket", bucket)
