"""STUB."""

from typing import Any


def cancel(*args: Any) -> Any:
    raise NotImplementedError


def retry(*args: Any) -> Any:
    raise NotImplementedError
