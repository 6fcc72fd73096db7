"""Gaps 12 and 13: a REST API's policy as AWS writes it, and its binary media types."""

import json
from typing import Any

from moto.apigateway.models import RestAPI
from moto.apigateway.responses import APIGatewayResponse

from shared.emulator.shims.patching import replace

_create_rest_api = APIGatewayResponse.create_rest_api
_to_dict = RestAPI.to_dict


def create_rest_api(self: Any) -> Any:
    """Gap 13: keep the binary media types that an API is made with."""
    status, headers, body = _create_rest_api(self)
    told = json.loads(body)
    if types := self._get_param("binaryMediaTypes"):
        self.backend.get_rest_api(told["id"]).binaryMediaTypes = list(types)
        told["binaryMediaTypes"] = list(types)
    return status, headers, json.dumps(told)


def to_dict(self: Any) -> dict[str, Any]:
    """Gap 12: AWS escapes the policy once more than JSON does, and Terraform's provider takes that off."""
    told = _to_dict(self)
    if told.get("policy"):
        told["policy"] = json.dumps(told["policy"])[1:-1]
    return told


def install() -> None:
    """Close gaps 12 and 13."""
    replace(APIGatewayResponse, create_rest_api=create_rest_api)
    replace(RestAPI, to_dict=to_dict)
