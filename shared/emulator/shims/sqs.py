"""Gaps 2, 3, 4 and 16: attributes of queues, and functions that would run inside SendMessage."""

from typing import Any

from moto.sqs.models import Queue

from shared.emulator.shims.patching import replace

_set_attributes = Queue._set_attributes  # noqa: SLF001 - the one place that all attributes pass
_add_message = Queue.add_message
REDRIVE_ALLOW = "RedriveAllowPolicy"


def set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
    """Gap 2: keep who may redrive; gap 3: a policy stays until it is set; gap 4: a key of ours ends SQS's own."""
    policy = getattr(self, "policy", None)
    _set_attributes(self, attributes, now)
    if "Policy" not in attributes:
        self.policy = policy
    if attributes.get(REDRIVE_ALLOW) == "":
        self.redrive_allow_policy = None
    if attributes.get("KmsMasterKeyId"):
        self.sqs_managed_sse_enabled = False


def add_message(self: Any, message: Any) -> None:
    """Gap 16: whoever polls the queue gets the message; moto would call the function before SendMessage answers."""
    functions, self.lambda_event_source_mappings = self.lambda_event_source_mappings, {}
    try:
        _add_message(self, message)
    finally:
        self.lambda_event_source_mappings = functions


def install() -> None:
    """Close gaps 2, 3, 4 and the half of 16 that is about queues."""
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, REDRIVE_ALLOW]
    setattr(Queue, "redrive_allow_policy", None)  # noqa: B010 - moto's class does not know it
    replace(Queue, _set_attributes=set_attributes, add_message=add_message)
