"""STUB."""

from typing import Any


def page(*args: Any) -> Any:
    raise NotImplementedError
