"""The planned fleet is the one that the capacity simulation plays: the committed extract is what Terraform plans."""

import pytest
from planning.__main__ import fleet_of

from api.planning.fleet import committed_fleet

pytestmark = pytest.mark.infra


def test_the_extract_of_the_plan_is_what_terraform_plans(planning, plans):
    assert fleet_of(planning, plans("prod").document) == committed_fleet()
