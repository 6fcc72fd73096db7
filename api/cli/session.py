"""What every command has at hand: the client, two consoles, the clock, and ids that may come from another command."""

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, ValidationError
from rich.console import Console

from api.client import Client, Patience
from shared.errors.root import CallscribeError
from shared.settings import BadConfiguration, ClientSettings

WIDE = 200
"""Columns where nobody looks: a file or a pipe must not get half an id."""


class NoKey(CallscribeError):
    """No API key is set."""

    code = "no_key"


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal; what goes to a file or a pipe is never cut."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = WIDE
    return made


@dataclass(slots=True)
class Session:
    """One run of `callscribe`; tests hand in a transport, a clock and a wait of their own."""

    now: Callable[[], float]
    transport: httpx.BaseTransport | None = None
    pause: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    out: Console = field(default_factory=console)
    err: Console = field(default_factory=lambda: console(stderr=True))
    url: str | None = None
    key: str | None = None

    @property
    def settings(self) -> ClientSettings:
        """Address and key: of the command line, else of the environment, else of `.local/env`.

        Raises:
            BadConfiguration: one of them is not valid.
        """
        given = {"url": self.url, "api_key": self.key}
        try:
            found = ClientSettings()
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise BadConfiguration(f"CALLSCRIBE_ settings are not valid: {problems}") from error
        return found.model_copy(update={name: value for name, value in given.items() if value is not None})

    def client(self) -> Client:
        """A client of the service.

        Raises:
            NoKey: no key is set.
        """
        settings = self.settings
        if not settings.api_key:
            raise NoKey
        return Client(settings.url, settings.api_key, transport=self.transport, patience=Patience(pause=self.pause))

    def say(self, text: object, *, style: str | None = None) -> None:
        """A line of the result; the terminal wraps it, so that it can be copied whole."""
        self.out.print(text, style=style, soft_wrap=True)

    def warn(self, text: str, *, style: str | None = "red") -> None:
        """A line that is not the result: it stays out of pipes."""
        self.err.print(text, style=style, soft_wrap=True, markup=False)

    def json(self, views: Iterable[BaseModel]) -> None:
        """One line of JSON a view, as the service sent it."""
        for view in views:
            print(view.model_dump_json())


def given_ids(ids: Iterable[str]) -> list[str]:
    """The ids of the command line, where `-` stands for the first word of each line of the standard input."""
    found: list[str] = []
    for one in ids:
        found += [line.split()[0] for line in sys.stdin if line.strip()] if one == "-" else [one]
    return found
