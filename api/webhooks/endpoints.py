"""STUB."""

from typing import Any


def create(*args: Any) -> Any:
    raise NotImplementedError


def every(*args: Any) -> Any:
    raise NotImplementedError


def read(*args: Any) -> Any:
    raise NotImplementedError


def change(*args: Any) -> Any:
    raise NotImplementedError


def remove(*args: Any) -> Any:
    raise NotImplementedError


def rotate(*args: Any) -> Any:
    raise NotImplementedError
