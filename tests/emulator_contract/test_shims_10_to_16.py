"""Gaps 10 to 16 of moto, which a shim closes each; gap 15, rights, has a file of its own.

A gap that an update closes turns its test red: the shim can go.
"""

import io
import json
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from emulator_contract.motos import fresh, plain, shimmed


def put_under_policy(engine, **more):
    """Put an object into a bucket that denies everything under a condition, or outright."""
    bucket = fresh("bucket")
    engine.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    arns = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": arns, **more}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    engine.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    engine.s3.put_object(Bucket=bucket, Key="audio/call", Body=b"")


def test_gap_10_a_policy_with_a_condition_denies_not_everything():
    only_without_tls = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}

    with pytest.raises(ClientError):
        put_under_policy(plain(), **only_without_tls)
    with pytest.raises(ClientError):
        put_under_policy(shimmed())

    put_under_policy(shimmed(), **only_without_tls)


def test_gap_11_a_refresh_of_instances_is_accepted():
    with pytest.raises(ResponseParserError):  # an answer that is no XML
        plain().autoscaling.start_instance_refresh(AutoScalingGroupName="gpu")

    assert shimmed().autoscaling.start_instance_refresh(AutoScalingGroupName="gpu")["InstanceRefreshId"]


POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


def gateway(engine):
    """Policy and binary types that a REST API answers with, when it is made and when it is read."""
    made = engine.apigateway.create_rest_api(
        name=fresh("public"), policy=POLICY, binaryMediaTypes=["multipart/form-data"]
    )
    read = engine.apigateway.get_rest_api(restApiId=made["id"])
    return [(one["policy"], one["binaryMediaTypes"]) for one in (made, read)]


def test_gap_12_the_policy_of_an_api_is_escaped():
    escaped = json.dumps(POLICY)[1:-1]

    assert [policy for policy, _ in gateway(plain())] == [POLICY] * 2
    assert [policy for policy, _ in gateway(shimmed())] == [escaped] * 2


def test_gap_13_an_api_keeps_its_binary_types():
    assert [types for _, types in gateway(plain())] == [[]] * 2
    assert [types for _, types in gateway(shimmed())] == [["multipart/form-data"]] * 2


def race(engine, table, pool):
    """Whether sixteen transactions over one row end as they must: one wins, all others are told that they lost."""
    key = {"pk": {"S": uuid.uuid4().hex}}
    put = {"TableName": table, "Item": key, "ConditionExpression": "attribute_not_exists(pk)"}

    def claim(_):
        try:
            engine.dynamodb.transact_write_items(TransactItems=[{"Put": put}])
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "won"

    ends = sorted(pool.map(claim, range(16)))
    return ends == ["TransactionCanceledException"] * 15 + ["won"]


def races(engine, rounds):
    """Whether each of the races ended well, up to the first that did not."""
    table = fresh("jobs")
    engine.dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with ThreadPoolExecutor(16) as pool:
        return all(race(engine, table, pool) for _ in range(rounds))


def test_gap_14_racing_transactions_have_one_winner():
    assert not races(plain(), 400)
    assert races(shimmed(), 20)


def function_on(engine, queue):
    """A function that hears of the queue."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return {}")
    trust = {"Version": "2012-10-17", "Statement": []}
    role = engine.iam.create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    name = fresh("uploaded")
    function = getattr(engine, "lambda")
    function.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": code.getvalue()}
    )
    arn = engine.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    return name


def receives(engine):
    """How often a message on a queue with a function was received, once its sender has the answer and we ask."""
    queue = engine.sqs.create_queue(QueueName=fresh("uploads"))["QueueUrl"]
    function_on(engine, queue)
    engine.sqs.send_message(QueueUrl=queue, MessageBody="uploaded")
    answer = engine.sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    return [int(message["Attributes"]["ApproximateReceiveCount"]) for message in answer["Messages"]]


def test_gap_16_a_message_waits_for_whoever_polls():
    assert receives(plain()) == [2]
    assert receives(shimmed()) == [1]


def test_gap_16_a_function_is_not_run_in_a_container():
    queue = shimmed().sqs.create_queue(QueueName=fresh("uploads"))["QueueUrl"]

    answer = getattr(shimmed(), "lambda").invoke(FunctionName=function_on(shimmed(), queue))

    assert (answer["FunctionError"], b"not run here" in answer["Payload"].read()) == ("Handled", True)
