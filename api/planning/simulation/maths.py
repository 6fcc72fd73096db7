"""Metric maths: the expressions of alarms and policies, made into functions.

It knows what the project's Terraform uses: `IF FILL MAX MIN CEIL ABS`, comparisons, `AND OR`, arithmetic. A missing
value is None and spreads, as in CloudWatch: only FILL ends it.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from math import ceil
from types import MappingProxyType
from typing import Any

from api.planning.scaling import Maths

Values = Mapping[str, float | None]
Formula = Callable[[Values], float | None]

WORDS = ((r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or "))
BINARY: Mapping[type, Callable[[float, float], float]] = MappingProxyType(
    {
        ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
        ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
        ast.Eq: operator.eq, ast.NotEq: operator.ne,
    }
)  # fmt: skip
FOLDING: Mapping[str, Callable[..., float]] = MappingProxyType({"MAX": max, "MIN": min, "CEIL": ceil, "ABS": abs})


class NotUnderstood(ValueError):
    """An expression uses what this reader of metric maths does not know."""


def formula(maths: Maths) -> Formula:
    """The value that `maths` returns, as a function of the metrics' values by name.

    Raises:
        NotUnderstood: it uses an unknown function, operator or id.
    """
    return _named(maths.returns, maths, ())


def _named(name: str, maths: Maths, above: tuple[str, ...]) -> Formula:
    if name in above:
        raise NotUnderstood(f"{name} is made of itself")
    if name in maths.expressions:
        text = maths.expressions[name]
        for pattern, word in WORDS:
            text = re.sub(pattern, word, text)
        try:
            tree = ast.parse(" ".join(text.split()), mode="eval").body
        except SyntaxError as error:
            raise NotUnderstood(maths.expressions[name]) from error
        return _made(tree, maths, (*above, name))
    if name not in maths.metrics:
        raise NotUnderstood(f"no metric and no expression is named {name}")
    metric = maths.metrics[name]
    return lambda values: values.get(metric)


def _made(node: ast.expr, maths: Maths, above: tuple[str, ...]) -> Formula:
    def inner(part: ast.expr) -> Formula:
        return _made(part, maths, above)

    match node:
        case ast.Constant(value=int() | float() as number):
            return lambda _: number
        case ast.Name(id=name):
            return _named(name, maths, above)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, [inner(argument) for argument in arguments])
        case _:
            fold, parts = _operation(node)
            return _folded(fold, [inner(part) for part in parts])


def _operation(node: ast.expr) -> tuple[Callable[..., float], list[ast.expr]]:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return operator.neg, [part]
        case ast.BinOp(left=left, op=sign, right=right):
            return _known(type(sign)), [left, right]
        case ast.Compare(left=left, ops=[compared], comparators=[right]):
            return _known(type(compared)), [left, right]
        case ast.BoolOp(op=joined, values=values):
            return (_all if isinstance(joined, ast.And) else _any), values
        case _:
            raise NotUnderstood(ast.unparse(node))


def _called(name: str, parts: list[Formula]) -> Formula:
    if name == "FILL":
        value, instead = parts
        return lambda values: instead(values) if (found := value(values)) is None else found
    if name == "IF":
        return _chosen(*parts)
    if name not in FOLDING:
        raise NotUnderstood(name)
    return _folded(FOLDING[name], parts)


def _chosen(condition: Formula, then: Formula, otherwise: Formula = lambda _: None) -> Formula:
    def choose(values: Values) -> float | None:
        found = condition(values)
        if found is None:
            return None
        return then(values) if found else otherwise(values)

    return choose


def _folded(fold: Callable[..., float], parts: list[Formula]) -> Formula:
    def apply(values: Values) -> float | None:
        found: list[Any] = []
        for part in parts:
            value = part(values)
            if value is None:
                return None
            found.append(value)
        try:
            return fold(*found)
        except ZeroDivisionError:
            return None

    return apply


def _known(sign: type) -> Callable[[float, float], float]:
    if sign not in BINARY:
        raise NotUnderstood(sign.__name__)
    return BINARY[sign]


def _all(*values: float) -> float:
    return float(all(values))


def _any(*values: float) -> float:
    return float(any(values))
