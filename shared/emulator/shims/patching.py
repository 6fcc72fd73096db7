"""How a shim gets into moto, and where it remembers something."""

from collections.abc import Callable
from typing import Any


def replace(owner: type, **functions: Callable[..., Any]) -> None:
    """Give a class of moto other methods, or further ones: an action that a class has a method for is known."""
    for name, function in functions.items():
        setattr(owner, name, function)


def memory(backend: Any, name: str) -> dict[str, Any]:
    """What a shim remembers, inside the backend of one account and region: a reset of moto forgets it too."""
    kept: dict[str, Any] = vars(backend).setdefault(f"remembered_{name}", {})
    return kept
