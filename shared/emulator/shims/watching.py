"""Gaps 7, 8 and 9: composite alarms, saved log queries, and who is told about a budget."""

import json
import uuid
from typing import Any

from moto.budgets.responses import BudgetsResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import EmptyResult
from moto.logs.responses import LogsResponse

from shared.emulator.shims.patching import memory, replace

_create_budget = BudgetsResponse.create_budget
QUERY_FIELDS = ("name", "queryString", "logGroupNames", "queryDefinitionId")
NOTIFICATION_FIELDS = ("NotificationType", "Threshold", "ComparisonOperator")


def put_composite_alarm(self: Any) -> EmptyResult:
    """Gap 7: moto's alarms have a rule, and an alarm with one is a composite; only the action is missing."""
    unset = dict.fromkeys(
        ("namespace", "metric_name", "comparison_operator", "evaluation_periods", "period", "threshold", "statistic")
    )
    self.cloudwatch_backend.put_metric_alarm(
        **unset,
        name=self._get_param("AlarmName"),
        rule=self._get_param("AlarmRule"),
        description=self._get_param("AlarmDescription"),
        dimensions=[],
        metric_data_queries=[],
        alarm_actions=self._get_param("AlarmActions", []),
        ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        actions_enabled=self._get_param("ActionsEnabled", if_none=True),
        tags=self._get_param("Tags", []),
    )
    return EmptyResult()


def put_query_definition(self: Any) -> str:
    """Gap 8: keep a query."""
    kept = {name: self._get_param(name) for name in QUERY_FIELDS}
    kept = {name: value for name, value in kept.items() if value is not None} | {"lastModified": 0}
    key = kept.setdefault("queryDefinitionId", str(uuid.uuid4()))
    memory(self.logs_backend, "queries")[key] = kept
    return json.dumps({"queryDefinitionId": key})


def describe_query_definitions(self: Any) -> str:
    """Gap 8: tell the queries whose name begins so."""
    beginning = self._get_param("queryDefinitionNamePrefix") or ""
    kept = memory(self.logs_backend, "queries").values()
    return json.dumps({"queryDefinitions": [query for query in kept if query["name"].startswith(beginning)]})


def delete_query_definition(self: Any) -> str:
    """Gap 8: forget a query."""
    gone = memory(self.logs_backend, "queries").pop(self._get_param("queryDefinitionId"), None)
    return json.dumps({"success": gone is not None})


def describe_subscribers_for_notification(self: Any) -> str:
    """Gap 9: tell who hears of a notification."""
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = [self._get_param("Notification").get(name) for name in NOTIFICATION_FIELDS]
    found = [
        one.subscribers
        for one in budget.notifications
        if [one.details.get(name) for name in NOTIFICATION_FIELDS] == wanted
    ]
    return json.dumps({"Subscribers": found[0] if found else []})


def create_budget(self: Any) -> str:
    """Gap 9: remember the tags that a budget comes with."""
    name = f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{self._get_param('Budget')['BudgetName']}"
    memory(self.backend, "tags")[name] = self._get_param("ResourceTags", [])
    return _create_budget(self)


def list_tags_of_budget(self: Any) -> str:
    """Gap 9: tell the tags of a budget."""
    return json.dumps({"ResourceTags": memory(self.backend, "tags").get(self._get_param("ResourceARN"), [])})


def install() -> None:
    """Close gaps 7, 8 and 9."""
    replace(CloudWatchResponse, put_composite_alarm=put_composite_alarm)
    replace(
        LogsResponse,
        put_query_definition=put_query_definition,
        describe_query_definitions=describe_query_definitions,
        delete_query_definition=delete_query_definition,
    )
    replace(
        BudgetsResponse,
        create_budget=create_budget,
        list_tags_for_resource=list_tags_of_budget,
        describe_subscribers_for_notification=describe_subscribers_for_notification,
    )
