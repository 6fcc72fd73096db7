"""Gaps 1 to 9 of moto, which a shim closes each: open in moto as it comes, closed with the shim.

A gap that an update closes turns its test red: the shim can go.
"""

import json

import pytest
from botocore.exceptions import ClientError
from emulator_contract.motos import fresh, plain, shimmed


def service_with_strategy(engine):
    """The service that CreateService answers with, given a strategy and no network."""
    cluster, family = fresh("cluster"), fresh("family")
    engine.ecs.create_cluster(clusterName=cluster)
    container = {"name": "worker", "image": "worker", "memory": 64}
    engine.ecs.register_task_definition(family=family, containerDefinitions=[container])
    return engine.ecs.create_service(
        cluster=cluster,
        serviceName="worker",
        taskDefinition=family,
        desiredCount=0,
        capacityProviderStrategy=[{"capacityProvider": "spot", "weight": 1}],
    )["service"]


def test_gap_1_a_service_keeps_its_strategy():
    open_, closed = service_with_strategy(plain()), service_with_strategy(shimmed())

    assert (open_["networkConfiguration"], "capacityProviderStrategy" in open_) == ({}, False)
    assert "networkConfiguration" not in closed
    assert closed["capacityProviderStrategy"][0]["capacityProvider"] == "spot"


def attributes_after(engine, first, second=None):
    """The attributes of a queue that was made with `first`, then given `second`."""
    url = engine.sqs.create_queue(QueueName=fresh("queue"), Attributes=first)["QueueUrl"]
    if second:
        engine.sqs.set_queue_attributes(QueueUrl=url, Attributes=second)
    return engine.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_gap_2_a_queue_says_who_may_redrive():
    allowed = {"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})}

    assert "RedriveAllowPolicy" not in attributes_after(plain(), allowed)
    assert attributes_after(shimmed(), allowed)["RedriveAllowPolicy"] == allowed["RedriveAllowPolicy"]
    assert "RedriveAllowPolicy" not in attributes_after(shimmed(), allowed, {"RedriveAllowPolicy": ""})


def test_gap_3_a_policy_outlives_other_attributes():
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    other = {"VisibilityTimeout": "60"}

    assert "Policy" not in attributes_after(plain(), policy, other)
    assert json.loads(attributes_after(shimmed(), policy, other)["Policy"]) == json.loads(policy["Policy"])


def test_gap_4_a_key_of_ours_ends_the_queues_own():
    key = {"KmsMasterKeyId": "alias/callscribe"}

    assert attributes_after(plain(), key)["SqsManagedSseEnabled"].lower() == "true"
    assert attributes_after(shimmed(), key)["SqsManagedSseEnabled"].lower() == "false"


def test_gap_5_policies_that_aws_manages_are_there():
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"

    with pytest.raises(ClientError):
        plain().iam.get_policy(PolicyArn=arn)

    assert shimmed().iam.get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn


def tags_of_target(engine):
    """The tags of a scalable target that was made with one and got another."""
    scaling = getattr(engine, "application-autoscaling")
    arn = scaling.register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/jobs",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"env": "local"},
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"lane": "batch"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["env"])
    return scaling.list_tags_for_resource(ResourceARN=arn)["Tags"]


def test_gap_6_a_scalable_target_keeps_tags():
    with pytest.raises(ClientError):
        tags_of_target(plain())

    assert tags_of_target(shimmed()) == {"lane": "batch"}


def composite(engine):
    """The rule of a composite alarm that was just made."""
    name = fresh("degraded")
    engine.cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule='ALARM("a") OR ALARM("b")')
    [alarm] = engine.cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return alarm["AlarmRule"]


def test_gap_7_a_composite_alarm_can_be_made():
    with pytest.raises(ClientError):
        composite(plain())

    assert composite(shimmed()) == 'ALARM("a") OR ALARM("b")'


def queries(engine):
    """The saved queries before and after one was made, and after it was deleted."""
    name = fresh("failures")
    key = engine.logs.put_query_definition(name=name, queryString="fields code")["queryDefinitionId"]
    made = engine.logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    engine.logs.delete_query_definition(queryDefinitionId=key)
    left = engine.logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    return [query["queryString"] for query in made], left


def test_gap_8_a_query_can_be_saved():
    with pytest.raises(ClientError):
        queries(plain())

    assert queries(shimmed()) == (["fields code"], [])


def told_of_budget(engine):
    """Who is told about a budget, and its tags."""
    name, account = fresh("budget"), "123456789012"
    notification = {"NotificationType": "FORECASTED", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    engine.budgets.create_budget(
        AccountId=account,
        Budget={
            "BudgetName": name,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[
            {
                "Notification": notification,
                "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}],
            }
        ],
        ResourceTags=[{"Key": "env", "Value": "local"}],
    )
    told = engine.budgets.describe_subscribers_for_notification(
        AccountId=account, BudgetName=name, Notification=notification
    )
    tags = engine.budgets.list_tags_for_resource(ResourceARN=f"arn:aws:budgets::{account}:budget/{name}")
    return [one["Address"] for one in told["Subscribers"]], tags["ResourceTags"]


def test_gap_9_a_budget_says_whom_it_tells():
    with pytest.raises(ClientError):
        told_of_budget(plain())

    assert told_of_budget(shimmed()) == (["ops@example.com"], [{"Key": "env", "Value": "local"}])
