"""What an intent is: a request whose answer is a `T`; a step yields it and names the type of what comes back."""

from collections.abc import Generator
from typing import Any, Generic, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Intent(Generic[T_co]):
    """What a step wants done; its answer is a `T_co`."""

    __slots__ = ()


Steps: TypeAlias = Generator[Intent[Any], Any, T]
