"""What the policies grant, read from the extract of Terraform's plan, and judged as IAM would judge it."""

import fnmatch
import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from permissions.asked import Asked

EXTRACT = Path(__file__).parent / "policies.json"
ROW, PREFIX = "dynamodb:LeadingKeys", "s3:prefix"


@dataclass(frozen=True)
class Grant:
    """One action on one resource (a pattern), on these rows and under these prefixes only, if any are named."""

    action: str
    resource: str
    rows: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def allows(self, asked: Asked) -> bool:
        return (
            self.action == asked.action
            and _fits(self.resource, asked.resource)
            and (not self.rows or any(_fits(row, asked.row) for row in self.rows))
            and (not self.prefixes or any(_fits(prefix, asked.prefix) for prefix in self.prefixes))
        )

    @property
    def parts(self) -> Iterator["Grant"]:
        """The grant taken apart: one for each kind of row, and for each prefix."""
        for row in self.rows or (None,):
            for prefix in self.prefixes or (None,):
                yield Grant(self.action, self.resource, (row,) if row else (), (prefix,) if prefix else ())

    @property
    def name(self) -> str:
        return " ".join([self.action, self.resource.rsplit(":", 1)[-1], *self.rows, *self.prefixes])


@functools.cache
def extract() -> Any:
    return json.loads(EXTRACT.read_text("utf-8"))


def grants(statements: Iterable[Any]) -> tuple[Grant, ...]:
    """Every right of these statements, one by one."""
    return tuple(
        Grant(action, resource, *(tuple(_condition(statement, name)) for name in (ROW, PREFIX)))
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
    )


def _condition(statement: Any, name: str) -> list[str]:
    found = [tests[name] for tests in statement.get("Condition", {}).values() if name in tests]
    return found[0] if found else []


def _fits(pattern: str, value: str | None) -> bool:
    """IAM's own wildcards: `*` is anything, also a slash, and `?` is one character."""
    return value is not None and re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None
