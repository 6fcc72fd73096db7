"""What our ledger relies on: the conditional write decides, and a refusal shows the row that stands."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.aws.ledger import Ledger
from shared.emulator.making import connect
from shared.job import INDEXES, Key
from shared.protocol.intents import FindRows
from shared.settings import refuse_misspelt

TABLE = "callscribe-local-jobs"
FREE = {"ConditionExpression": "attribute_not_exists(pk)"}


@pytest.fixture
def key():
    return {"pk": {"S": f"T#test#J#{uuid.uuid4().hex}"}, "sk": {"S": "JOB"}}


def claim(clients, key, fence):
    """Take the row if nobody overtook `fence`; the row as it stood if somebody did, else None."""
    try:
        clients.dynamodb.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET holder = :me ADD fence :one",
            ConditionExpression="fence = :fence",
            ExpressionAttributeValues={
                ":me": {"S": uuid.uuid4().hex},
                ":one": {"N": "1"},
                ":fence": {"N": str(fence)},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except clients.dynamodb.exceptions.ConditionalCheckFailedException as error:
        return error.response["Item"]
    return None


def test_a_refused_write_shows_the_row_that_stands(clients, key):
    clients.dynamodb.put_item(TableName=TABLE, Item={**key, "fence": {"N": "7"}})

    assert claim(clients, key, fence=6) == {**key, "fence": {"N": "7"}}
    assert claim(clients, key, fence=7) is None


def test_of_many_racing_claims_one_wins(ministack, key):
    # Not on moto, which now and then lets two of them through.
    clients = connect(ministack)
    clients.dynamodb.put_item(TableName=TABLE, Item={**key, "fence": {"N": "0"}})

    with ThreadPoolExecutor(8) as pool:
        refusals = list(pool.map(lambda _: claim(clients, key, fence=0), range(8)))

    assert refusals.count(None) == 1


def test_a_transaction_writes_all_rows_or_none(clients, key):
    other = {**key, "sk": {"S": "OTHER"}}
    clients.dynamodb.put_item(TableName=TABLE, Item=key)

    with pytest.raises(clients.dynamodb.exceptions.TransactionCanceledException):
        clients.dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": item, **FREE}} for item in (other, key)]
        )

    assert "Item" not in clients.dynamodb.get_item(TableName=TABLE, Key=other, ConsistentRead=True)


def test_a_field_inside_a_map_is_set_alone(clients, key):
    clients.dynamodb.put_item(TableName=TABLE, Item={**key, "outbox": {"M": {"1": {"M": {"state": {"S": "pending"}}}}}})

    answer = clients.dynamodb.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET #outbox.#n.#state = :published",
        ExpressionAttributeNames={"#outbox": "outbox", "#n": "1", "#state": "state"},
        ExpressionAttributeValues={":published": {"S": "published"}},
        ReturnValues="ALL_NEW",
    )

    assert answer["Attributes"]["outbox"]["M"]["1"]["M"] == {"state": {"S": "published"}}


def test_rows_may_carry_a_time_to_live(clients):
    answer = clients.dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]

    assert (answer["TimeToLiveStatus"], answer["AttributeName"]) == ("ENABLED", "expires_at")


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.name)
def test_each_index_finds_its_rows_in_order(clients, key, index):
    ledger = Ledger(clients.dynamodb, TABLE)
    mine, moments = uuid.uuid4().hex, (1.5, 2.5, 3.5)
    for moment in moments:
        at = moment if index.range_type == "N" else str(moment)
        ledger.put(
            Key(key["pk"]["S"], str(moment)), {index.hash_field: mine, index.range_field: at, "status": "queued"}
        )

    middle = moments[1] if index.range_type == "N" else str(moments[1])
    found = ledger.find(FindRows(index, mine, low=middle, newest_first=True))

    assert [row.key.sk for row in found.rows] == ["3.5", "2.5"]
    assert [row.row.get("status") for row in found.rows] == ["queued" if "status" in index.carried else None] * 2


def test_every_name_of_the_environment_is_a_setting(names):
    refuse_misspelt(name for name in names if name.startswith("CALLSCRIBE_"))

    assert names["CALLSCRIBE_TABLE"] == TABLE
