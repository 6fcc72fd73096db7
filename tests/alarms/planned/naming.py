"""Every series that alarms and dashboard ask for, and which of them exist."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from alarms.cloudwatch.alarm import alarms_of

from shared.telemetry.metrics import ENV, METRICS, NAMESPACE

OF_AWS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "AWS/SQS": dict.fromkeys(
        ("ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"), frozenset({"QueueName"})
    ),
    "AWS/ApiGateway": dict.fromkeys(("Count", "4XXError", "5XXError", "Latency"), frozenset({"ApiName", "Stage"})),
    "AWS/Lambda": dict.fromkeys(
        ("Errors", "Throttles", "ConcurrentExecutions", "Duration"), frozenset({"FunctionName"})
    ),
    "AWS/DynamoDB": {
        "ReadThrottleEvents": frozenset({"TableName"}),
        "WriteThrottleEvents": frozenset({"TableName"}),
        "SystemErrors": frozenset({"TableName", "Operation"}),
    },
    "AWS/Events": {"TriggeredRules": frozenset({"RuleName"})},
    "AWS/ECS/ManagedScaling": {"CapacityProviderReservation": frozenset({"ClusterName", "CapacityProviderName"})},
    "AWS/Billing": {"EstimatedCharges": frozenset({"Currency"})},
    "ECS/ContainerInsights": {
        **dict.fromkeys(
            ("RunningTaskCount", "PendingTaskCount", "DesiredTaskCount"), frozenset({"ClusterName", "ServiceName"})
        ),
        "ContainerInstanceCount": frozenset({"ClusterName"}),
    },
}
"""Metrics that AWS makes, and the dimensions under which it does (CloudWatch's pages of each service)."""
OPERATIONS = frozenset(
    {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "TransactWriteItems", "BatchGetItem"}
)
NAMES_OF = {
    "QueueName": "aws_sqs_queue",
    "ApiName": "aws_api_gateway_rest_api",
    "Stage": "aws_api_gateway_stage",
    "FunctionName": "aws_lambda_function",
    "TableName": "aws_dynamodb_table",
    "RuleName": "aws_cloudwatch_event_rule",
    "ClusterName": "aws_ecs_cluster",
    "ServiceName": "aws_ecs_service",
    "CapacityProviderName": "aws_ecs_capacity_provider",
}
"""Of which resources a dimension holds the name."""
WORDS: Mapping[str, frozenset[str]] = {
    "lane": frozenset({"interactive", "batch"}),
    "status": frozenset({"completed", "failed", "canceled"}),
    "fault": frozenset({"ours", "caller"}),
    "waits": frozenset({"yes", "no"}),
    "code": frozenset({"1", "70", "134", "137", "139"}),
    "Operation": OPERATIONS,
    "Currency": frozenset({"USD"}),
}
"""What other dimensions may say."""
Asked = tuple[str, str, dict[str, str]]


def asked(extract: Mapping[str, Any]) -> Iterator[Asked]:
    """Namespace, name and dimensions of every series that an alarm or the dashboard asks for."""
    for alarm in alarms_of(extract):
        yield from ((metric.namespace, metric.name, dict(metric.dimensions)) for metric in alarm.metrics.values())
    for widget in extract["dashboard"]["widgets"]:
        for row in widget["properties"].get("metrics", ()):
            yield from _searched(row[0]["expression"]) if isinstance(row[0], dict) else [_of_row(row)]


def is_known(series: Asked) -> bool:
    """Whether anybody tells this metric under just these dimensions."""
    namespace, name, dimensions = series
    if namespace == NAMESPACE:
        return name in METRICS and set(dimensions) == {ENV, *METRICS[name].dimensions}
    return OF_AWS.get(namespace, {}).get(name) == frozenset(dimensions)


def strangers(series: Asked, extract: Mapping[str, Any]) -> list[str]:
    """Dimensions that name nothing of the plan, and no word of ours."""
    env = extract["names"]["aws_ecs_cluster"][0].removeprefix("callscribe-")
    allowed = {name: extract["names"][type_] for name, type_ in NAMES_OF.items()} | WORDS | {ENV: [env]}
    return [
        f"{name}={value}" for name, value in series[2].items() if value != "*" and value not in allowed.get(name, ())
    ]


def _of_row(row: list[Any]) -> Asked:
    words = [word for word in row if isinstance(word, str)]
    return words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True))


def _searched(expression: str) -> Iterator[Asked]:
    """What a SEARCH looks for: dimensions that it leaves open are `*`."""
    found = re.fullmatch(r"SEARCH\('\{(\w+),([\w,]+)\} MetricName=\"(\w+)\" (.*)', '\w+', \d+\)", expression)
    if found:
        open_ = dict.fromkeys(found[2].split(","), "*")
        yield found[1], found[3], open_ | dict(re.findall(r'(\w+)="(\w+)"', found[4]))
