"""DynamoDB: the table whose rows are the truth."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shared.aws.clients import error_code, translated
from shared.job import Key, Row
from shared.protocol.intents import Changed, ChangeRow, CreateRows, Guard, Refused, Where

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()


@dataclass(frozen=True, slots=True)
class Ledger:
    """One table; every write is conditional."""

    client: "DynamoDBClient"
    table: str

    def read(self, key: Key) -> Row | None:
        """Read a row, strongly consistent."""
        with translated():
            answer = self.client.get_item(TableName=self.table, Key=_key(key), ConsistentRead=True)
        return _row(answer.get("Item"))

    def create(self, intent: CreateRows) -> bool:
        """Create all rows in one transaction; False if one of them is there already.

        Raises:
            StorageUnavailable: the transaction was canceled for another reason: a conflict, or throttling.
        """
        puts: list[Any] = [{"Put": self._new(key, row, intent.now)} for key, row in intent.rows]
        with translated():
            try:
                self.client.transact_write_items(TransactItems=puts)
            except ClientError as error:
                if not _is_taken(error):
                    raise
                return False
        return True

    def change(self, intent: ChangeRow) -> Changed | Refused:
        """Set, add and remove fields where the guard holds, and answer with the row as it is or was."""
        with translated():
            try:
                answer = self.client.update_item(
                    TableName=self.table,
                    Key=_key(intent.key),
                    **_expressions(intent),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                item: Any = error.response.get("Item")
                return Refused(_row(item))
        return Changed(_row(answer["Attributes"]) or {})

    def put(self, key: Key, row: Row) -> None:
        """Write a row as it is, whatever stood there: for keys and tests, never for jobs."""
        with translated():
            self.client.put_item(TableName=self.table, Item={**_key(key), **_item(row)})

    def _new(self, key: Key, row: Row, now: float) -> Item:
        return {
            "TableName": self.table,
            "Item": {**_key(key), **_item(row)},
            "ConditionExpression": "attribute_not_exists(pk) OR expires_at < :now",
            "ExpressionAttributeValues": {":now": _SERIALIZER.serialize(_exact(now))},
        }


def _is_taken(error: ClientError) -> bool:
    reasons: Any = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


def _expressions(intent: ChangeRow) -> dict[str, Any]:
    """The update and condition expressions of `intent`; every name is a placeholder, many are reserved words."""
    names: dict[str, str] = {}
    values: Item = {}
    clauses: dict[str, list[str]] = {"SET": [], "REMOVE": [], "ADD": []}
    for field, value in intent.sets.items():
        path = _path(field, names)
        if value is None:
            clauses["REMOVE"].append(path)
        else:
            clauses["SET"].append(f"{path} = {_placeholder(value, values)}")
    for field, value in intent.adds.items():
        clauses["ADD"].append(f"{_path(field, names)} {_placeholder(value, values)}")
    condition = ConditionExpressionBuilder().build_expression(_condition(intent.guard))
    names.update(condition.attribute_name_placeholders)
    values.update({name: _SERIALIZER.serialize(v) for name, v in condition.attribute_value_placeholders.items()})
    return {
        "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts),
        "ConditionExpression": condition.condition_expression,
        "ExpressionAttributeNames": names,
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _path(field: str, names: dict[str, str]) -> str:
    parts = field.split(".")
    names.update({f"#{part}": part for part in parts})
    return ".".join(f"#{part}" for part in parts)


def _placeholder(value: Any, values: Item) -> str:
    name = f":u{len(values)}"
    values[name] = _SERIALIZER.serialize(_exact(value))
    return name


def _condition(guard: Guard) -> ConditionBase:
    # An update makes a row that is not there; a guard never means that.
    there: ConditionBase = Attr("pk").exists()
    rows = [_all(tests) for tests in guard if tests]
    if not rows:
        return there
    alternatives = rows[0]
    for row in rows[1:]:
        alternatives |= row
    return there & alternatives


def _all(tests: tuple[Where, ...]) -> ConditionBase:
    condition = _test(tests[0])
    for test in tests[1:]:
        condition &= _test(test)
    return condition


def _test(test: Where) -> ConditionBase:
    attribute, value = Attr(test.field), _exact(test.value)
    made: ConditionBase = {
        "absent": attribute.not_exists(),
        "present": attribute.exists(),
        "=": attribute.eq(value),
        "<>": attribute.ne(value),
        "<": attribute.lt(value),
        "<=": attribute.lte(value),
    }[test.relation]
    return made


def _key(key: Key) -> Item:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _item(row: Row) -> Item:
    return {name: _SERIALIZER.serialize(_exact(value)) for name, value in row.items() if value is not None}


def _row(item: Mapping[str, Any] | None) -> Row | None:
    if not item:
        return None
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in item.items() if name not in ("pk", "sk")}


def _exact(value: Any) -> Any:
    """`value` with floats as the decimals that DynamoDB keeps."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
