"""Each view of the page, and how one comes there."""

from collections.abc import Callable
from dataclasses import dataclass

from console.stage.service import Call, Service
from console.stage.visitor import card, choose, enter, file, go_to_call
from playwright.sync_api import Page, expect


@dataclass(frozen=True, slots=True)
class Room:
    """What the views have to show: a finished call, and the id of a failed one."""

    service: Service
    call: Call
    failed_id: str


def door(page: Page, _room: Room) -> None:
    """Before a key was given."""
    expect(page.get_by_label("API key")).to_be_visible()


def sending(page: Page, room: Room) -> None:
    """The first view, with a call that failed below the panel."""
    enter(page, room.service.key)
    choose(page, file("a letter of more than one page.wav", b"Dear Sir or Madam"))
    expect(card(page, "a letter of more than one page.wav")).to_contain_text("unsupported_format")


def a_call(page: Page, room: Room) -> None:
    """A finished call, with all that is folded away unfolded."""
    enter(page, room.service.key)
    go_to_call(page, room.call.id)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    expect(page.get_by_role("slider")).to_be_visible()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def a_failure(page: Page, room: Room) -> None:
    """A call that failed."""
    enter(page, room.service.key)
    go_to_call(page, room.failed_id)
    expect(page.get_by_role("main")).to_contain_text("unsupported_format")


def the_service(page: Page, room: Room) -> None:
    """The service with its list."""
    enter(page, room.service.key)
    page.get_by_role("link", name="Service").click()
    expect(page.get_by_role("row")).not_to_have_count(1)
    expect(page.get_by_role("region", name="Models")).to_contain_text("default")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


VIEWS: dict[str, Callable[[Page, Room], None]] = {
    "door": door,
    "sending": sending,
    "call": a_call,
    "failure": a_failure,
    "service": the_service,
}
