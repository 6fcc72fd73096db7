"""What all tests of the page share: one service, one browser, and what a view has to show."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from console.stage.browser import NO_BROWSER, found, launched, must_be_there
from console.stage.service import SHORT, Call, Service, running
from console.stage.views import Room
from console.stage.watching import LOOPBACK, Watch
from playwright.sync_api import Browser, Page, sync_playwright

PATIENCE_MS = 30_000
"""For whatever the page does by itself; what a worker must do for it takes longer and says so."""
USUAL = {"locale": "en-GB", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 800}}


@dataclass
class House:
    """Each room is made when the first test asks, and all are gone after the last test of the folder.

    No fixtures of the session: Playwright leaves its event loop running in this thread, where other tests start theirs.
    """

    rooms: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def service(self) -> Service:
        folder = self.rooms.enter_context(tempfile.TemporaryDirectory(prefix="callscribe-console-"))
        return self.rooms.enter_context(running(Path(folder)))

    @cached_property
    def call(self) -> Call:
        """A finished call that nobody changes."""
        return self.service.heard(SHORT.read_bytes())

    @cached_property
    def room(self) -> Room:
        return Room(self.service, self.call, self.service.ended(b"no recording at all").id)

    @cached_property
    def browser(self) -> Browser:
        path = found()
        if path is None and must_be_there():
            pytest.fail(NO_BROWSER)
        if path is None:
            pytest.skip(NO_BROWSER)
        return self.rooms.enter_context(launched(self.rooms.enter_context(sync_playwright()), path))

    @contextmanager
    def visiting(self, watch: Watch, **how) -> Iterator[Page]:
        """A page in a fresh context, thus with storage of its own; `how` as Playwright's `new_context` takes it."""
        with self.browser.new_context(**{**USUAL, **how}) as context:
            watch.over(context)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            answer = page.goto(self.service.url)
            assert answer.ok, f"the page answers {answer.status}"
            yield page

    def close(self) -> None:
        self.rooms.close()
        for name in ("service", "call", "room", "browser"):
            self.__dict__.pop(name, None)


HOUSE = House()


@contextmanager
def watched() -> Iterator[Watch]:
    """Notes what goes wrong in any page; at the end nothing has, and no foreign host was asked."""
    watch = Watch()
    yield watch
    assert watch.faults == []
    assert watch.hosts <= {LOOPBACK}
