"""The extract: what the tests need of a plan, so that they need no Terraform, and a hash of the files it came from."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alarms.cloudwatch.alarm import read, resources

INFRA = Path(__file__).parents[3] / "infra"
NAMED: Mapping[str, str] = {
    "aws_api_gateway_rest_api": "name",
    "aws_api_gateway_stage": "stage_name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecs_capacity_provider": "name",
    "aws_ecs_cluster": "name",
    "aws_ecs_service": "name",
    "aws_lambda_function": "function_name",
    "aws_sqs_queue": "name",
}
"""Which attribute of a resource a dimension or a question to the logs may name."""


def extract(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Alarms, what they and the dashboard may name, and where it came from."""
    planned = list(resources(plan))

    def of_type(type_: str) -> list[Mapping[str, Any]]:
        return [one["values"] for one in planned if one["type"] == type_]

    alarms = [read(values) for values in of_type("aws_cloudwatch_metric_alarm")]
    return {
        "source": digest(),
        "alarms": sorted(alarms, key=lambda alarm: alarm["name"]),
        "rules": {one["alarm_name"]: one["alarm_rule"] for one in of_type("aws_cloudwatch_composite_alarm")},
        "descriptions": {
            one["alarm_name"]: one["alarm_description"] for one in of_type("aws_cloudwatch_composite_alarm")
        },
        "dashboard": json.loads(of_type("aws_cloudwatch_dashboard")[0]["dashboard_body"]),
        "queries": {one["name"]: one["log_group_names"] for one in of_type("aws_cloudwatch_query_definition")},
        "filters": [one["metric_transformation"][0] for one in of_type("aws_cloudwatch_log_metric_filter")],
        # A name that holds an id is known after the apply; nothing that is watched has such a name.
        "names": {type_: sorted(one[key] for one in of_type(type_) if key in one) for type_, key in NAMED.items()},
    }


def digest() -> str:
    """One number over the files that say what is watched."""
    files = sorted([*INFRA.glob("alarms*.tf"), *INFRA.glob("monitoring*.tf"), INFRA / "dashboard.json.tftpl"])
    return hashlib.sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in files)).hexdigest()
