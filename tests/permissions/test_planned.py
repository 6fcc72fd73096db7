"""The extract is what Terraform plans, and what the policies name is what Terraform makes."""

import re

import pytest
from infra.terraform import obstacle
from permissions.extracting import extracted
from permissions.granted import extract, grants
from permissions.stage import policies_by_role

pytestmark = [
    pytest.mark.infra,
    pytest.mark.skipif(obstacle() is not None, reason=obstacle() or ""),
]
NAMED_BY = {
    "aws_cloudwatch_log_group": ("logs:log-group:{}:*", "name"),
    "aws_dynamodb_table": ("dynamodb:table/{}", "name"),
    "aws_ecs_cluster": ("ecs:cluster/{}", "name"),
    "aws_lambda_function": ("lambda:function:{}:live", "function_name"),
    "aws_s3_bucket": ("s3:{}", "bucket"),
    "aws_secretsmanager_secret": ("secretsmanager:secret:{}-*", "name"),
    "aws_sns_topic": ("sns:{}", "name"),
    "aws_sqs_queue": ("sqs:{}", "name"),
}
"""How a planned resource would be named in a policy: service, and the last part of its ARN."""
MADE_ELSEWHERE = {
    "ecr:repository/callscribe-worker": "made once for all environments, by bootstrap",
    "s3:callscribe-local-recordings": "another team's",
    "logs:log-group:*": "a list of names",
}


@pytest.fixture(scope="module")
def plan(plans):
    return plans("local").document


@pytest.fixture(scope="module")
def made(plan):
    """Every planned resource: its kind and values, those of modules included."""
    return [(one["type"], one.get("values", {})) for one in _resources(plan["planned_values"]["root_module"])]


def _resources(module):
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _place(resource):
    """The thing that a resource of a policy is, or is part of."""
    service, last = resource.split(":")[2], resource.split(":", 5)[5]
    place = f"{service}:{last}"
    if service == "ecs" and not last.startswith("cluster/"):
        return f"ecs:cluster/{last.split('/')[1]}"
    return place.split("/", maxsplit=1)[0] if service == "s3" else re.sub(r"/index/\w+$", "", place)


def test_the_extract_is_what_terraform_plans(plan):
    assert extract() == extracted(plan), "run `PYTHONPATH=tests .venv/bin/python -m permissions`"


def test_every_resource_that_a_policy_names_is_made(made):
    places = {
        form.format(values.get(field)) for kind, values in made if kind in NAMED_BY for form, field in [NAMED_BY[kind]]
    }
    policies = [one for policy in policies_by_role().values() for statements in policy.values() for one in statements]

    named = {_place(grant.resource) for grant in grants(policies) if grant.resource.startswith("arn:")}

    assert named - places == set(MADE_ELSEWHERE)


def test_every_index_of_the_table_is_named(made):
    [table] = [values for kind, values in made if kind == "aws_dynamodb_table"]

    named = {
        match[1]
        for grant in grants(policies_by_role()["api"]["own"])
        if (match := re.search(r"/index/(\w+)$", grant.resource))
    }

    assert named == {index["name"] for index in table["global_secondary_index"]}


def test_every_function_has_a_role_of_its_own(made):
    functions = {values["function_name"] for kind, values in made if kind == "aws_lambda_function"}

    [lambdas] = [
        {role for role, [one] in extract()["trust"].items() if one["Principal"]["Service"] == ["lambda.amazonaws.com"]}
    ]
    assert functions == lambdas
