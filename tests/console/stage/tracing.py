"""How long the page kept the browser busy at a stretch, in its own processor time: other work on the machine adds none."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

MAIN = "CrRendererMain"
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]


def longest_task_ms(browser: Browser, page: Page, act: Callable[[], None]) -> float:
    """The processor time in milliseconds of the longest task of the page's thread while `act` lasts."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {_thread(one) for one in events if one.get("name") == "thread_name" and one["args"]["name"] == MAIN}
    times_us = [one["tdur"] for one in events if _is_task(one) and _thread(one) in threads]
    assert times_us, "the browser tells no processor times"
    return max(times_us) / 1_000


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _is_task(event: dict[str, Any]) -> bool:
    return event.get("ph") == "X" and "RunTask" in event["name"] and "tdur" in event
