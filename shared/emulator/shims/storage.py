"""Gap 10: bucket policies with conditions."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from shared.emulator.shims.patching import replace


def get_permission(self: Any, action: str, resource: str) -> PermissionResult:
    """Gap 10: moto judges no condition, so that a Deny of plain HTTP would deny everything: leave those out."""
    statements = json.loads(self.policy)["Statement"] if self.policy else []
    judged = [one for one in statements if not one.get("Condition")]
    if not judged:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({"Statement": judged})).is_action_permitted(action, resource)


def install() -> None:
    """Close gap 10."""
    replace(FakeBucket, get_permission=get_permission)
