"""What a page did beside being looked at: its errors, its refusals by the content policy, the hosts it asked."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

LOOPBACK = "127.0.0.1"
LEFT = "net::ERR_ABORTED"
"""How a request ends whose view was left."""
VIOLATIONS = """
  addEventListener("securitypolicyviolation", (event) =>
    violated(`${event.effectiveDirective} refused ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`));
"""
LISTENING = """
  {
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
      window.heard = this;
      const asked_ms = performance.now();
      this.addEventListener("seeked", () => {
        window.seeked = { at: this.currentTime, after_s: (performance.now() - asked_ms) / 1_000 };
      }, { once: true });
      return play.call(this);
    };
    window.lit = [];
    new MutationObserver((changes) => {
      const words = changes.map(({ target }) => target).filter((one) => one.matches("span[aria-current]"));
      window.lit.push(...words.map((one) => one.textContent));
    }).observe(document, { subtree: true, attributeFilter: ["aria-current"] });
    window.longest_ms = 0;
    new PerformanceObserver((list) => {
      window.longest_ms = Math.max(window.longest_ms, ...list.getEntries().map((one) => one.duration));
    }).observe({ type: "longtask" });
  }
"""
"""Notes what no eye could tell a test in time: `heard` plays, `seeked` says where from, `lit` which words were marked."""


@dataclass
class Watch:
    """Collects what went wrong in a context; `expected` are patterns of what a test brings about by intent."""

    wrongs: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> "Watch":
        """Watch every page of `context`."""
        context.expose_function("violated", lambda told: self.wrongs.append(f"policy: {told}"))
        context.add_init_script(VIOLATIONS + LISTENING)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("console", self._said)
        context.on("dialog", self._asked)
        context.on("weberror", lambda error: self.wrongs.append(f"error: {error.error}"))
        return self

    def expects(self, *patterns: str) -> None:
        """Take what matches one of `patterns` for no fault in this test."""
        self.expected += patterns

    @property
    def faults(self) -> list[str]:
        """Every wrong that nobody expected."""
        return [told for told in self.wrongs if not any(re.search(pattern, told) for pattern in self.expected)]

    @property
    def hosts(self) -> set[str]:
        """Every host that was asked for anything."""
        return {urlsplit(url).hostname or "" for url in self.asked if not url.startswith(("data:", "blob:", "about:"))}

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.wrongs.append(f"request: {request.method} {urlsplit(request.url).path}: {request.failure}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            place = urlsplit(message.location.get("url", "")).path
            self.wrongs.append(f"console: {message.text} ({place})")

    def _asked(self, dialog: Dialog) -> None:
        self.wrongs.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def width_of(page: Page) -> tuple[int, int]:
    """How wide the document is and how wide the window, in CSS pixels: the first is the greater where it scrolls."""
    measured = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return measured[0], measured[1]
