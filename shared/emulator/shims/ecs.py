"""Gap 1: CreateService forgets most of what it is given, and Terraform's provider crashes on an empty network."""

from typing import Any

from moto.ecs.responses import EC2ContainerServiceResponse

from shared.emulator.shims.patching import replace

_create_service = EC2ContainerServiceResponse.create_service
KEPT = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "placementStrategy": "placement_strategy",
    "placementConstraints": "placement_constraints",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
}
"""Parameter of CreateService: attribute under which moto's answers look for it."""


def create_service(self: Any) -> Any:
    """Keep what was given; no network is none, not an empty one."""
    answer: Any = _create_service(self)
    service = answer.result["service"]
    service.network_configuration = service.network_configuration or None
    for parameter, attribute in KEPT.items():
        given = self._get_param(parameter)
        if given is not None:
            setattr(service, attribute, given)
    return answer


def install() -> None:
    """Close gap 1."""
    replace(EC2ContainerServiceResponse, create_service=create_service)
