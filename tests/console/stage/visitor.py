"""What a person does on the page, found by what it is called and never by how it is made."""

import base64
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

TRANSCRIBED_MS = 90_000
"""Until a short call is written down, on a machine that is busy with other tests."""
WITHIN_MS = 30_000
WAITING = """
async () => {
  const last_ms = performance.now() + %d;
  while (!(%s)) {
    if (performance.now() > last_ms) throw new Error("never came true");
    await new Promise((next) => setTimeout(next, 20));
  }
}
"""
"""Playwright's own way to wait for a condition evaluates a string, which the page's policy forbids."""
DROP = """
([target, files]) => {
  const held = new DataTransfer();
  for (const [name, content] of files) {
    held.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
  }
}
"""


def wait_until(page: Page, condition: str) -> None:
    """Wait until `condition`, in JavaScript, holds in the page."""
    page.evaluate(WAITING % (WITHIN_MS, condition))


def enter(page: Page, key: str) -> None:
    """Give the key that the door asks for."""
    page.get_by_label("API key").fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Forget key")).to_be_visible()


def choose(page: Page, *files: Path | Mapping[str, object]) -> None:
    """Send files as the dialog of the system gives them."""
    with page.expect_file_chooser() as chosen:
        page.get_by_text("Choose recordings").click()
    chosen.value.set_files(list(files))


def file(name: str, content: bytes) -> dict[str, object]:
    """A file that lies on no disk."""
    return {"name": name, "mimeType": "audio/wav", "buffer": content}


def drop(page: Page, files: Mapping[str, bytes]) -> None:
    """Let files, by name, fall on the panel for recordings."""
    panel = page.get_by_role("region", name="Recordings to send").element_handle()
    page.evaluate(DROP, [panel, [(name, base64.b64encode(content).decode()) for name, content in files.items()]])


def card(page: Page, name: str) -> Locator:
    """What the page says of a recording that it sent."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name, exact=True))


def go_to_call(page: Page, job_id: str) -> None:
    """Open a call by its address, as by a link in a mail, and wait for its head."""
    page.evaluate("(id) => { location.hash = `#/calls/${id}`; }", job_id)
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_visible()


def dialogue(page: Page) -> Locator:
    """What was said."""
    return page.get_by_role("region", name="What was said")


def word(page: Page, text: str) -> Locator:
    """A word of the dialogue that is said only once."""
    return dialogue(page).get_by_text(text, exact=True)


def speak_language(page: Page, name: str) -> None:
    """Choose the language of the interface by its own name, whatever the interface speaks now."""
    page.get_by_role("banner").get_by_role("combobox").select_option(label=name)


def play_from(page: Page, text: str) -> dict[str, float]:
    """Click a word; where the player then went, in seconds, and how long after the click it was there."""
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    word(page, text).click()
    wait_until(page, "window.seeked")
    return page.evaluate("window.seeked")


def paused_at(page: Page) -> float:
    """Stop the player; the place in seconds."""
    page.get_by_role("button", name="Pause", exact=True).click()
    wait_until(page, "window.heard.paused")
    return page.evaluate("window.heard.currentTime")
