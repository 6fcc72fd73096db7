"""Two transactions on one row at a time refuse each other: that is no answer yet. No emulator does it."""

import boto3
import pytest
from botocore.stub import Stubber

from shared.aws.ledger import Ledger
from shared.errors.transient import StorageUnavailable
from shared.job import Key
from shared.protocol.intents import Changed, ChangeRow, CreateRows

BIRTH = CreateRows(((Key("T#sales#J#1", "JOB"), {"id": "1"}),), 0.0)


@pytest.fixture
def dynamodb():
    client = boto3.client("dynamodb", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="y")
    with Stubber(client) as stub:
        yield client, stub


def canceled(stub, *codes):
    reasons = [{"Code": code} for code in codes]
    stub.add_client_error(
        "transact_write_items", "TransactionCanceledException", modeled_fields={"CancellationReasons": reasons}
    )


def test_a_conflict_of_transactions_is_asked_again(dynamodb):
    client, stub = dynamodb
    canceled(stub, "TransactionConflict", "None")
    stub.add_response("transact_write_items", {})

    assert Ledger(client, "jobs").create(BIRTH)
    stub.assert_no_pending_responses()


def test_a_row_that_is_there_is_an_answer(dynamodb):
    client, stub = dynamodb
    canceled(stub, "ConditionalCheckFailed", "TransactionConflict")

    assert not Ledger(client, "jobs").create(BIRTH)


def test_throttling_is_no_answer(dynamodb):
    client, stub = dynamodb
    canceled(stub, "ThrottlingError")

    with pytest.raises(StorageUnavailable):
        Ledger(client, "jobs").create(BIRTH)


def test_a_change_that_met_a_transaction_is_asked_again(dynamodb):
    client, stub = dynamodb
    stub.add_client_error("update_item", "TransactionConflictException")
    stub.add_response("update_item", {"Attributes": {"a": {"N": "1"}}})

    assert Ledger(client, "jobs").change(ChangeRow(BIRTH.rows[0][0], ((),), {"a": 1})) == Changed({"a": 1})
    stub.assert_no_pending_responses()
