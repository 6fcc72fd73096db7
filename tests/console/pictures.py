"""Pictures of the main views, taken from a service that transcribes the bundled calls meanwhile."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.stage.browser import launched
from console.stage.service import CALLS, Service, running
from console.stage.visitor import TRANSCRIBED_MS, card, choose, dialogue, enter, file
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.client import Wishes

FOLDER = Path(__file__).parent / "pictures"
WINDOW, TELEPHONE = {"width": 1280, "height": 820}, {"width": 360, "height": 740}
SHOWN = "renewal-en.wav"
SENT = (SHOWN, "appointment-en.mp3", "rendez-vous-fr.ogg", "angebot-de.wav", "richiamo-it.wav")
WITHIN_MS = 300_000
COLOURS = 200
"""As many as a picture keeps: so it stays below a hundred kilobytes, and no eye finds the difference."""


def take(browser_path: str) -> int:
    """Take every picture anew, into the folder beside this file; says each."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service, sync_playwright() as playwright:
        browser = launched(playwright, browser_path)
        with visiting(browser, service) as page:
            _sending(page, service)
            _call(page)
            _service(page, service)
        browser.close()
    return 0


@contextmanager
def visiting(browser: Browser, service: Service) -> Iterator[Page]:
    """A page whose visitor gave a key."""
    with browser.new_context(locale="en-GB", viewport=WINDOW, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(service.url)
        enter(page, service.key)
        yield page


def _sending(page: Page, service: Service) -> None:
    """Some calls are done, some in work, one is none."""
    choose(page, file("minutes.docx", b"PK"))
    choose(page, *(CALLS / name for name in reversed(SENT)))
    expect(card(page, SENT[-1])).to_contain_text("Done", timeout=WITHIN_MS)
    expect(card(page, "minutes.docx")).to_contain_text("Failed", timeout=WITHIN_MS)
    by_day_and_by_night(page, "send")
    for name in SENT:
        expect(card(page, name)).to_contain_text("Done", timeout=WITHIN_MS)
    service.sent((CALLS / SENT[-1]).read_bytes(), Wishes(reference="crm-call-8841", lane="batch"))


def _call(page: Page) -> None:
    """A finished call that is paused at a word."""
    card(page, SHOWN).get_by_role("link", name="Read").click(timeout=TRANSCRIBED_MS)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    expect(page.get_by_role("slider")).to_be_visible()
    dialogue(page).get_by_role("button", name="Play from").nth(5).click()
    page.get_by_role("button", name="Pause", exact=True).click()
    by_day_and_by_night(page, "call")
    page.set_viewport_size(TELEPHONE)
    snapshot(page, "call-telephone")
    page.set_viewport_size(WINDOW)


def _service(page: Page, service: Service) -> None:
    """The service after a little work."""
    webhook = service.client.webhooks.create("http://127.0.0.1:9/calls", ("job.completed",), "sales back end")
    service.client.webhooks.test(webhook.id)
    page.get_by_role("link", name="Service").click()
    expect(page.get_by_role("region", name="Webhooks")).to_contain_text("webhook.test", timeout=WITHIN_MS)
    expect(page.get_by_role("region", name="Models")).to_contain_text("default")
    by_day_and_by_night(page, "service")


def by_day_and_by_night(page: Page, name: str) -> None:
    """Two pictures of the page as it stands."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        snapshot(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def snapshot(page: Page, name: str) -> None:
    """What the window shows, as a small PNG."""
    page.evaluate("scrollTo(0, 0)")
    path = FOLDER / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1_000:.0f} kB", flush=True)
