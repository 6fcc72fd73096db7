"""Tier E: what each environment would become, before it does."""

import pytest

pytestmark = pytest.mark.infra

DAY_S = 86_400
KEYED = {
    "aws_sqs_queue": ("kms_master_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_cloudtrail": ("kms_key_id",),
    "aws_dynamodb_table": ("server_side_encryption", 0, "kms_key_arn"),
    "aws_lambda_function": ("kms_key_arn",),
    "aws_scheduler_schedule": ("kms_key_arn",),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_launch_template": ("block_device_mappings", 0, "ebs", 0, "kms_key_id"),
    "aws_s3_bucket_server_side_encryption_configuration": (
        "rule", 0, "apply_server_side_encryption_by_default", 0, "kms_master_key_id",
    ),
}  # fmt: skip
"""Where each kind of resource that holds something names the key."""


def test_a_new_environment_only_creates(plan):
    actions = {action for change in plan.document["resource_changes"] for action in change["change"]["actions"]}

    assert actions <= {"create", "read"}
    assert len(plan.resources) > 150


@pytest.mark.parametrize("kind", KEYED)
def test_what_is_kept_is_encrypted_with_our_key(plan, kind):
    assert plan.of(kind)
    assert [one.address for one in plan.of(kind) if not one.has(*KEYED[kind])] == []


def test_no_bucket_is_public(plan):
    blocks = plan.of("aws_s3_bucket_public_access_block")
    switches = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

    assert len(blocks) == len(plan.of("aws_s3_bucket")) == len(plan.of("aws_s3_bucket_policy"))
    assert [block.address for block in blocks if not all(block.values[switch] for switch in switches)] == []


def test_nobody_reaches_in_from_outside(plan):
    rules = plan.of("aws_vpc_security_group_ingress_rule")
    inline = [group for group in plan.of("aws_security_group") if group.values.get("ingress")]

    assert [rule.address for rule in rules if rule.values.get("cidr_ipv4") or rule.values.get("cidr_ipv6")] == []
    assert inline == []


def test_workers_have_a_public_address_only_in_dev(plan):
    public = [one.address for one in plan.of("aws_subnet") if one.values["map_public_ip_on_launch"]]

    assert not public or plan.env == "dev"


def test_production_cannot_be_removed_by_mistake(plans):
    prod = plans("prod")
    [table], [key] = prod.of("aws_dynamodb_table"), prod.of("aws_kms_key")
    recovered_days = {one.values["recovery_window_in_days"] for one in prod.of("aws_secretsmanager_secret")}

    assert table.values["deletion_protection_enabled"]
    assert (key.values["deletion_window_in_days"], recovered_days) == (30, {30})
    assert [bucket.address for bucket in prod.of("aws_s3_bucket") if bucket.values["force_destroy"]] == []


def test_the_local_stack_can_be_removed(plans):
    [table] = plans("local").of("aws_dynamodb_table")

    assert not table.values["deletion_protection_enabled"]


def test_a_lost_row_can_be_restored(plan):
    [table] = plan.of("aws_dynamodb_table")

    assert table.values["point_in_time_recovery"][0] == {"enabled": True, "recovery_period_in_days": 35}
    assert table.values["billing_mode"] == "PAY_PER_REQUEST"


def test_nothing_is_kept_without_end(plan):
    [lifecycle] = [one for one in plan.of("aws_s3_bucket_lifecycle_configuration") if one.address.endswith(".calls")]
    expired = {
        rule["filter"][0]["prefix"]: rule["expiration"][0]["days"]
        for rule in lifecycle.values["rule"]
        if rule["expiration"]
    }

    assert [
        group.address for group in plan.of("aws_cloudwatch_log_group") if not group.values["retention_in_days"]
    ] == []
    assert set(expired) == {"audio/", "listening/", "requests/", "transcripts/", "work/"}
    assert expired["listening/"] == expired["audio/"] <= 181
    assert expired["transcripts/"] <= 366


def test_a_dead_letter_outlives_the_message(plan):
    kept_s = {queue.values["name"]: queue.values["message_retention_seconds"] for queue in plan.of("aws_sqs_queue")}
    live = {name: seconds for name, seconds in kept_s.items() if f"{name}-dlq" in kept_s}

    assert len(live) == 4
    assert [name for name, seconds in live.items() if kept_s[f"{name}-dlq"] < seconds] == []


def test_each_resource_says_whose_it_is(plan):
    wanted = {"project": "callscribe", "environment": plan.env, "managed_by": "terraform"}
    tagged = [one for one in plan.resources if "tags_all" in one.values]

    assert len(tagged) > 60
    assert [one.address for one in tagged if not wanted.items() <= (one.values["tags_all"] or {}).items()] == []


def test_an_instance_guards_its_credentials(plan):
    templates = plan.of("aws_launch_template")
    metadata = [template.values["metadata_options"][0] for template in templates]

    assert {(one["http_tokens"], one["http_put_response_hop_limit"]) for one in metadata} == {("required", 1)}


def test_a_group_never_ends_a_busy_worker(plan):
    groups = [group.values for group in plan.of("aws_autoscaling_group")]

    assert len(groups) == 2
    assert {(group["min_size"], group["protect_from_scale_in"], group["capacity_rebalance"]) for group in groups} == {
        (0, True, False)
    }


def test_a_worker_has_an_address_of_its_own(plan):
    modes = {task.values["network_mode"] for task in plan.of("aws_ecs_task_definition")}

    # On an instance with a public address a task of its own network would have no way out.
    assert modes == {"bridge" if plan.env == "dev" else "awsvpc"}


def test_functions_have_eight_names_and_one_shape(plan):
    functions = [one.values for one in plan.of("aws_lambda_function")]

    assert len(functions) == len(plan.of("aws_lambda_alias")) == 8
    assert {(one["runtime"], *one["architectures"], one["publish"]) for one in functions} == {
        ("python3.12", "arm64", True)
    }


def test_gateways_have_signed_callers_or_a_firewall(plan):
    methods = {one.address: one.values["authorization"] for one in plan.of("aws_api_gateway_method")}

    assert {auth for address, auth in methods.items() if '"internal-' in address} == {"AWS_IAM"}
    assert {auth for address, auth in methods.items() if '"public-' in address} == {"NONE"}
    assert plan.of("aws_wafv2_web_acl_association")
