"""Metric math as CloudWatch does it: a series has a number or nothing at each moment, and nothing stays nothing.

Known are arithmetic, comparisons, AND, OR, IF, FILL, MIN, MAX, SUM, HOUR and DAY (in UTC).
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

Series = Sequence[float | None]
_BOTH: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: one / other if other else None,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda one, other: bool(one) and bool(other),
    ast.Or: lambda one, other: bool(one) or bool(other),
}
_POINTWISE: dict[str, Callable[..., Any]] = {"MAX": max, "MIN": min, "SUM": lambda *values: sum(values)}
_CLOCK: dict[str, Callable[[datetime], int]] = {"HOUR": lambda at: at.hour, "DAY": lambda at: at.isoweekday()}


class UnknownMathError(Exception):
    """The expression holds something that this evaluator does not know."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The series that an expression may name, and the moments at which their points begin."""

    series: Mapping[str, Series]
    moments: Sequence[float]

    def evaluate(self, expression: str) -> Series:
        """The series that `expression` gives."""
        return self._of(parsed(expression))

    def _of(self, node: ast.AST) -> Series:
        match node:
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return [float(ast.literal_eval(node))] * len(self.moments)
            case ast.Name(id=name):
                return self._named(name)
            case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
                return _each(_BOTH[type(op)], self._of(left), self._of(right))
            case ast.BoolOp(op=op, values=[first, *others]):
                return self._joined(_BOTH[type(op)], first, others)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
        raise UnknownMathError(ast.unparse(node))

    def _named(self, name: str) -> Series:
        if name not in self.series:
            raise UnknownMathError(name)
        return self.series[name]

    def _joined(self, how: Callable[[Any, Any], Any], first: ast.AST, others: Sequence[ast.AST]) -> Series:
        series = self._of(first)
        for other in others:
            series = _each(how, series, self._of(other))
        return series

    def _call(self, name: str, args: Sequence[ast.AST]) -> Series:
        match name, args:
            case "IF", [condition, then, otherwise]:
                return _chosen(self._of(condition), self._of(then), self._of(otherwise))
            case "FILL", [series, filler]:
                return [b if a is None else a for a, b in zip(self._of(series), self._of(filler), strict=True)]
            case (("MAX" | "MIN" | "SUM"), [ast.List(elts=elements)]):
                return _each(_POINTWISE[name], *(self._of(element) for element in elements))
            case (("HOUR" | "DAY"), [_]):
                return [float(_CLOCK[name](datetime.fromtimestamp(at, UTC))) for at in self.moments]
        raise UnknownMathError(name)


@cache
def parsed(expression: str) -> ast.expr:
    """The tree of an expression: but for two words, metric math is written as Python is."""
    python = re.sub(r"\b(AND|OR)\b", lambda word: word[0].lower(), expression)
    return ast.parse(python, mode="eval").body


def _chosen(condition: Series, then: Series, otherwise: Series) -> Series:
    """`IF`: what is not chosen may be missing."""
    rows = zip(condition, then, otherwise, strict=True)
    return [None if asked is None else one if asked else other for asked, one, other in rows]


def _each(how: Callable[..., Any], *series: Series) -> Series:
    return [None if None in values else _number(how(*values)) for values in zip(*series, strict=True)]


def _number(value: float | bool | None) -> float | None:
    return None if value is None else float(value)
