"""Engines side by side: as they are, and under the strict layer, which closes what they leave open.

`gap(2, kind={"moto": "…"})` runs a test on each engine; an engine that is kinder than AWS there fails it, and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import Clients
from shared.aws.world import AwsWorld

FAILURES = (AssertionError, ClientError, pytest.fail.Exception)
"""How a test fails where an engine is too kind; anything else is a mistake of the test."""
ENGINES = ("ministack", "moto", "strict")


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: where it is, its clients, a world over them, and the strict layer and its gate where they are."""

    name: str
    endpoint: str
    clients: Clients
    world: AwsWorld
    layer: Any = None
    gate: Any = None


def gap(number: int, kind: Mapping[str, str] | None = None, engines: tuple[str, ...] = ENGINES) -> Any:
    """Run a test of gap `number` on each of `engines`; `kind` names those that are too kind, and how."""
    too_kind = kind or {}
    params = [
        pytest.param(
            name,
            id=f"gap-{number:02}-{name}",
            marks=[pytest.mark.xfail(reason=too_kind[name], raises=FAILURES)] if name in too_kind else [],
        )
        for name in engines
    ]
    return pytest.mark.parametrize("engine", params, indirect=True)
