"""STUB."""

from typing import Any


def test(*args: Any) -> Any:
    raise NotImplementedError


def page(*args: Any) -> Any:
    raise NotImplementedError


def redeliver(*args: Any) -> Any:
    raise NotImplementedError
