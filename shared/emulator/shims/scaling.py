"""Gaps 6 and 11: tags of scalable targets, and the refresh of a group whose launch template changed."""

import json
import uuid
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult

from shared.emulator.shims.patching import memory, replace

_register = ApplicationAutoScalingResponse.register_scalable_target


def _tags(self: Any) -> dict[str, Any]:
    return memory(self.applicationautoscaling_backend, "tags")


def register_scalable_target(self: Any) -> str:
    """Gap 6: remember the tags that a target comes with."""
    answer = _register(self)
    if tags := self._get_param("Tags"):
        _tags(self)[json.loads(answer)["ScalableTargetARN"]] = dict(tags)
    return answer


def list_tags_for_resource(self: Any) -> str:
    """Gap 6: tell the tags of a target."""
    return json.dumps({"Tags": _tags(self).get(self._get_param("ResourceARN"), {})})


def tag_resource(self: Any) -> str:
    """Gap 6: add tags to a target."""
    _tags(self).setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
    return "{}"


def untag_resource(self: Any) -> str:
    """Gap 6: take tags from a target."""
    held = _tags(self).get(self._get_param("ResourceARN"), {})
    for key in self._get_param("TagKeys"):
        held.pop(key, None)
    return "{}"


def start_instance_refresh(self: Any) -> ActionResult:
    """Gap 11: accept it; there is no instance to replace."""
    del self
    return ActionResult({"InstanceRefreshId": str(uuid.uuid4())})


def install() -> None:
    """Close gaps 6 and 11."""
    replace(
        ApplicationAutoScalingResponse,
        register_scalable_target=register_scalable_target,
        list_tags_for_resource=list_tags_for_resource,
        tag_resource=tag_resource,
        untag_resource=untag_resource,
    )
    replace(AutoScalingResponse, start_instance_refresh=start_instance_refresh)
