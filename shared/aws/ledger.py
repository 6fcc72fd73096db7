"""DynamoDB: the table whose rows are the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from shared.aws.clients import error_code, translated
from shared.aws.expressions import (
    SERIALIZER,
    Item,
    change_expressions,
    exact,
    item_of,
    key_item,
    key_of,
    query_expressions,
    row_of,
)
from shared.job import Key, Row
from shared.protocol.intents import Changed, ChangeRow, CreateRows, FindRows, Found, FoundRow, Refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_READ_AT_ONCE = 100
"""Keys that one BatchGetItem takes."""
LOOKED_AT_BEHIND_A_GUARD = 1_000
"""Rows that one request looks at where a guard may leave out most of them."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One table; every write that anybody races for is conditional."""

    client: "DynamoDBClient"
    table: str

    def read(self, key: Key) -> Row | None:
        """Read a row, strongly consistent."""
        with translated():
            answer = self.client.get_item(TableName=self.table, Key=key_item(key), ConsistentRead=True)
        return row_of(answer.get("Item"))

    def read_many(self, keys: tuple[Key, ...]) -> tuple[Row | None, ...]:
        """Read rows, each strongly consistent, in the order of `keys`."""
        found: dict[Key, Row | None] = {}
        unique = list(dict.fromkeys(keys))
        for begin in range(0, len(unique), MOST_READ_AT_ONCE):
            found.update(self._batch(unique[begin : begin + MOST_READ_AT_ONCE]))
        return tuple(found.get(key) for key in keys)

    def find(self, intent: FindRows) -> Found:
        """Ask an index, or the table itself, once; strongly consistent in the table only."""
        looked_at = max(intent.limit, LOOKED_AT_BEHIND_A_GUARD) if any(intent.guard) else intent.limit
        place: dict[str, Any] = {"IndexName": intent.index.name} if intent.index else {"ConsistentRead": True}
        with translated():
            answer = self.client.query(
                TableName=self.table,
                Limit=looked_at,
                ScanIndexForward=not intent.newest_first,
                **place,
                **query_expressions(intent),
            )
        return _found(intent, answer["Items"], answer.get("LastEvaluatedKey"))

    def create(self, intent: CreateRows) -> bool:
        """Create all rows in one transaction; False if one of them is there already.

        Two transactions on one row at a time refuse each other: that is no answer yet, and asked again.

        Raises:
            StorageUnavailable: the transaction was canceled for another reason, or met others each time.
        """
        puts: list[Any] = [{"Put": self._new(key, row, intent.now)} for key, row in intent.rows]
        with translated():
            try:
                _until_alone(self.client.transact_write_items, TransactItems=puts)
            except ClientError as error:
                if "ConditionalCheckFailed" not in _reasons(error):
                    raise
                return False
        return True

    def change(self, intent: ChangeRow) -> Changed | Refused:
        """Set, add and remove fields where the guard holds, and answer with the row as it is or was.

        A row that is in a transaction at this moment refuses every write: that is no answer yet, and asked again.
        """
        with translated():
            try:
                answer = _until_alone(
                    self.client.update_item,
                    TableName=self.table,
                    Key=key_item(intent.key),
                    **change_expressions(intent),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                item: Any = error.response.get("Item")
                return Refused(row_of(item))
        return Changed(row_of(answer["Attributes"]) or {})

    def put(self, key: Key, row: Row) -> None:
        """Write a row as it is, whatever stood there: never for jobs."""
        with translated():
            self.client.put_item(TableName=self.table, Item={**key_item(key), **item_of(row)})

    def remove(self, key: Key) -> None:
        """Remove a row; one that is not there is no error."""
        with translated():
            self.client.delete_item(TableName=self.table, Key=key_item(key))

    def _batch(self, keys: list[Key]) -> dict[Key, Row | None]:
        """Read at most 100 rows; what the table was too busy for is asked again, three times.

        A row that is still unread then is read alone, which waits as long as any read.
        """
        wanted: Any = {self.table: {"Keys": [key_item(key) for key in keys], "ConsistentRead": True}}
        found: dict[Key, Row | None] = {}
        for _ in range(3):
            with translated():
                answer = self.client.batch_get_item(RequestItems=wanted)
            found.update({key_of(item): row_of(item) for item in answer["Responses"].get(self.table, [])})
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return found
        left = [Key(item["pk"]["S"], item["sk"]["S"]) for item in wanted[self.table]["Keys"]]
        return {**found, **{key: self.read(key) for key in left}}

    def _new(self, key: Key, row: Row, now: float) -> Item:
        return {
            "TableName": self.table,
            "Item": {**key_item(key), **item_of(row)},
            "ConditionExpression": "attribute_not_exists(pk) OR expires_at < :now",
            "ExpressionAttributeValues": {":now": SERIALIZER.serialize(exact(now))},
        }


def _reasons(error: ClientError) -> set[str]:
    """Why a transaction was canceled, over all of its rows."""
    reasons: Any = error.response.get("CancellationReasons", [])
    return {str(reason.get("Code")) for reason in reasons}


def _met_another(error: BaseException) -> bool:
    """Whether a write was turned away by another transaction only, and no condition has been judged."""
    if not isinstance(error, ClientError):
        return False
    is_alone = error_code(error) == "TransactionConflictException"
    return is_alone or _reasons(error) - {"None"} == {"TransactionConflict"}


_until_alone = Retrying(
    retry=retry_if_exception(_met_another),
    wait=wait_random_exponential(multiplier=0.02, max=0.5),
    stop=stop_after_attempt(8),
    reraise=True,
)


def _found(intent: FindRows, items: list[Any], stopped_at: Mapping[str, Any] | None) -> Found:
    """The first rows of an answer, and how far it looked: to its last row where it was cut, else as far as it says."""
    kept = items[: intent.limit]
    rows = tuple(FoundRow(key_of(item), row_of(item) or {}) for item in kept)
    end = kept[-1] if len(items) > intent.limit else stopped_at
    field = intent.index.range_field if intent.index else "sk"
    last = row_of({"last": end[field]}) if end else None
    return Found(rows, last["last"] if last else None)
