"""Guards, changes and rows in DynamoDB's own words."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.conditions import Key as KeyField
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from shared.job import Key, Row
from shared.protocol.intents import ChangeRow, FindRows, Guard, Where

Item = dict[str, Any]

SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()


def change_expressions(intent: ChangeRow) -> dict[str, Any]:
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
    values.update({name: SERIALIZER.serialize(v) for name, v in condition.attribute_value_placeholders.items()})
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
    values[name] = SERIALIZER.serialize(exact(value))
    return name


def _condition(guard: Guard) -> ConditionBase:
    # An update makes a row that is not there; a guard never means that.
    there: ConditionBase = Attr("pk").exists()
    return there & _any(guard) if any(guard) else there


def _any(guard: Guard) -> ConditionBase:
    """Any row of a guard that has one."""
    alternatives, *others = [_all(tests) for tests in guard if tests]
    for row in others:
        alternatives |= row
    return alternatives


def _all(tests: tuple[Where, ...]) -> ConditionBase:
    condition = _test(tests[0])
    for test in tests[1:]:
        condition &= _test(test)
    return condition


def _test(test: Where) -> ConditionBase:
    attribute, value = Attr(test.field), exact(test.value)
    made: ConditionBase = {
        "absent": attribute.not_exists(),
        "present": attribute.exists(),
        "=": attribute.eq(value),
        "<>": attribute.ne(value),
        "<": attribute.lt(value),
        "<=": attribute.lte(value),
        "contains": attribute.contains(value),
    }[test.relation]
    return made


def query_expressions(intent: FindRows) -> dict[str, Any]:
    """The key condition of `intent`, and its filter if it has a guard."""
    fields = (intent.index.hash_field, intent.index.range_field) if intent.index else ("pk", "sk")
    wanted: ConditionBase = KeyField(fields[0]).eq(intent.hash_key)
    bounds = _between(KeyField(fields[1]), exact(intent.low), exact(intent.high))
    builder = ConditionExpressionBuilder()
    key = builder.build_expression(wanted & bounds if bounds else wanted, is_key_condition=True)
    names, values = dict(key.attribute_name_placeholders), dict(key.attribute_value_placeholders)
    asked: dict[str, Any] = {"KeyConditionExpression": key.condition_expression}
    if any(intent.guard):
        kept = builder.build_expression(_any(intent.guard))
        names.update(kept.attribute_name_placeholders)
        values.update(kept.attribute_value_placeholders)
        asked["FilterExpression"] = kept.condition_expression
    serialized = {name: SERIALIZER.serialize(value) for name, value in values.items()}
    return {**asked, "ExpressionAttributeNames": names, "ExpressionAttributeValues": serialized}


def _between(field: KeyField, low: Any, high: Any) -> ConditionBase | None:
    """Both bounds belong to what is looked for."""
    if low is not None and high is not None:
        return field.between(low, high)
    if low is not None:
        return field.gte(low)
    return None if high is None else field.lte(high)


def key_item(key: Key) -> Item:
    """`key` as the table takes it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def key_of(item: Mapping[str, Any]) -> Key:
    """Where an item of the table lies."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def item_of(row: Row) -> Item:
    """`row` as the table keeps it; what is None is left out."""
    return {name: SERIALIZER.serialize(exact(value)) for name, value in row.items() if value is not None}


def row_of(item: Mapping[str, Any] | None) -> Row | None:
    """An item of the table as a row, without its keys; None if there is none."""
    if not item:
        return None
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in item.items() if name not in ("pk", "sk")}


def exact(value: Any) -> Any:
    """`value` with floats as the decimals that DynamoDB keeps."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
