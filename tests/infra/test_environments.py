"""Tier E: what is shown on a laptop is what runs in production, but for a list with reasons."""

import copy
import fnmatch
import re

import pytest
from infra.plans import Plan
from infra.record import managed

pytestmark = pytest.mark.infra

DATA = (
    "aws_sqs_queue",
    "aws_sqs_queue_redrive_allow_policy",
    "aws_sns_topic",
    "aws_sns_topic_subscription",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_versioning",
    "aws_dynamodb_table",
    "aws_lambda_event_source_mapping",
)
KIND = re.compile(r"aws_\w+|terraform_data")
REMOVABLE = "a laptop's stack can be taken down"
OTHERS = "names buckets of other teams, or the account of the registry"
LOAD = "carries less"
DIFFERENT = {
    ("aws_dynamodb_table.jobs", "deletion_protection_enabled"): REMOVABLE,
    ("aws_kms_key.main", "deletion_window_in_days"): REMOVABLE,
    ("aws_s3_bucket.*", "force_destroy"): REMOVABLE,
    ("aws_secretsmanager_secret.*", "recovery_window_in_days"): REMOVABLE,
    ("aws_iam_role.*", "permissions_boundary"): "who deploys there may make no stronger role",
    ("aws_iam_*", "policy"): OTHERS,
    ("aws_lambda_function.function*", "s3_bucket"): "each account has artifacts of its own",
    ("*.aws_launch_template.gpu", "user_data"): "names the cluster, in base64",
}
"""Setting of a resource that production has otherwise than the laptop: why."""
ONLY_ONE = {
    "aws_sns_topic_subscription.mail*": "each environment tells other people",
}
"""Resource that only one of the two has: why."""
SMALLER = DIFFERENT | {
    ("aws_s3_bucket_lifecycle_configuration.*", "rule*.days"): "keeps less",
}


def listed(key, known):
    return any(fnmatch.fnmatch(key[0], one[0]) and fnmatch.fnmatch(key[1], one[1].replace("[", "[[]")) for one in known)


def unlike(plan, local, known):
    """The settings that two plans have differently, without those that are known."""
    mine, theirs = plan.settings(), local.settings()
    shared = {address for address, _ in mine} & {address for address, _ in theirs}
    keys = {key for key in mine.keys() | theirs.keys() if key[0] in shared and mine.get(key) != theirs.get(key)}
    return sorted(key for key in keys if not listed(key, known))


def test_production_has_the_settings_of_the_laptop(plans):
    assert unlike(plans("prod"), plans("local"), DIFFERENT) == []


def test_production_has_the_resources_of_the_laptop(plans):
    prod, local = ({one.address for one in plans(env).resources} for env in ("prod", "local"))

    assert [one for one in sorted(prod ^ local) if not any(fnmatch.fnmatch(one, known) for known in ONLY_ONE)] == []


@pytest.mark.parametrize("env", ["dev", "staging"])
def test_data_is_kept_alike_in_each_environment(plans, env):
    found = unlike(plans(env), plans("local"), SMALLER)

    assert [key for key in found if KIND.search(key[0])[0] in DATA] == []


def test_each_listed_difference_is_one(plans):
    prod, local = plans("prod").settings(), plans("local").settings()
    differing = [key for key in prod.keys() | local.keys() if prod.get(key) != local.get(key)]

    assert [one for one in DIFFERENT if not any(listed(key, [one]) for key in differing)] == []


def test_a_setting_that_only_production_has_is_found(plans):
    document = copy.deepcopy(plans("prod").document)
    [table] = [one for one in managed(document["planned_values"]["root_module"]) if one["type"] == "aws_dynamodb_table"]
    table["values"]["billing_mode"] = "PROVISIONED"

    found = unlike(Plan("prod", document), plans("local"), DIFFERENT)

    assert found == [("aws_dynamodb_table.jobs", "billing_mode")]
