"""STUB."""

from typing import Any


def erase_job(*args: Any) -> Any:
    raise NotImplementedError


def create(*args: Any) -> Any:
    raise NotImplementedError


def read(*args: Any) -> Any:
    raise NotImplementedError
