"""STUB."""

from typing import Any


def create(*args: Any) -> Any:
    raise NotImplementedError


def page(*args: Any) -> Any:
    raise NotImplementedError


def read(*args: Any) -> Any:
    raise NotImplementedError


def cancel(*args: Any) -> Any:
    raise NotImplementedError
