"""What the page costs the one who looks: when it is painted first, and how long an hour of talk keeps it busy."""

import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from console.stage.answers import hour, put_in_place
from console.stage.browser import launched
from console.stage.service import SHORT, Service, running
from console.stage.tracing import longest_task_ms
from console.stage.visitor import enter
from console.test_long_calls import SCROLLED, open_by_address, search, step_on
from playwright.sync_api import Browser, Page, sync_playwright

VISITS = 5
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
NOW = "performance.now()"


def measure(browser_path: str) -> int:
    """Say each figure in a line, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service, sync_playwright() as playwright:
        browser = launched(playwright, browser_path)
        painted, usable = zip(*(_visited(browser, service) for _ in range(VISITS)), strict=True)
        _tell("first paint, the first visit to a service just started", painted[0])
        _tell(f"first paint, median of {VISITS} visits with an empty cache", statistics.median(painted))
        _tell("until the key can be typed, median", statistics.median(usable))
        for act, took_ms in _hour(browser, service).items():
            _tell(f"an hour of 10,000 words, longest task in processor time: {act}", took_ms)
        browser.close()
    return 0


def _visited(browser: Browser, service: Service) -> tuple[float, float]:
    """When a visitor sees something, and when the door is there, in milliseconds after the request."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(service.url)
        page.get_by_label("API key").wait_for()
        usable_ms = page.evaluate(NOW)
        return page.evaluate(PAINTED), usable_ms


def _hour(browser: Browser, service: Service) -> dict[str, float]:
    call = service.heard(SHORT.read_bytes())
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(service.url)
        enter(page, service.key)
        put_in_place(page, hour(call.id))
        acts: dict[str, Callable[[Page], object]] = {
            "opened": partial(open_by_address, call=call),
            "searched": search,
            "stepped through": step_on,
            "scrolled": lambda page: page.evaluate(SCROLLED),
        }
        return {name: longest_task_ms(browser, page, partial(act, page)) for name, act in acts.items()}


def _tell(what: str, took_ms: float) -> None:
    print(f"{took_ms:6.0f} ms  {what}", flush=True)
