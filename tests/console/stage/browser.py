"""Which browser drives the page, how it is started, and how a bare machine comes by one."""

import os
import shutil
import subprocess
from collections.abc import Mapping

from playwright.sync_api import Browser, Playwright

HERE = dict(os.environ)  # noqa: TID251 - a composition root
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no browser: install Chromium (Debian: apt-get install chromium) or name one by CALLSCRIBE_BROWSER"
ARGUMENTS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    # Everything is shown by one page at a time: more processes only cost memory.
    "--renderer-process-limit=1",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider",
)
APT = ("apt-get", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20")
INSTALL_S = 600.0


def found(environment: Mapping[str, str] = HERE) -> str | None:
    """The path of a browser: the one that CALLSCRIBE_BROWSER names, else the first of `NAMES` on the path."""
    named = environment.get("CALLSCRIBE_BROWSER")
    places = (shutil.which(name, path=environment.get("PATH")) for name in ([named] if named else NAMES))
    return next((place for place in places if place), None)


def must_be_there(environment: Mapping[str, str] = HERE) -> bool:
    """Whether a test that finds no browser fails, as on a build server, and is not skipped."""
    return environment.get("CI", "").lower() in ("1", "true")


def provide() -> str | None:
    """The path of a browser; where there is none, and we may, it is installed first. Says what it does in a line."""
    if (place := found()) is not None:
        return place
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"{NO_BROWSER}; until then the tests of the console are skipped")
        return None
    print("installing Chromium for the tests of the console: about 100 MB, up to three minutes", flush=True)
    if _apt("update", "-qq") and _apt("install", "-qq", "-y", "--no-install-recommends", "chromium"):
        return found()
    print(f"{NO_BROWSER}; apt-get did not bring it")
    return None


def launched(playwright: Playwright, path: str) -> Browser:
    """A browser without a window. Its own sandbox needs rights that a container's root has not."""
    return playwright.chromium.launch(
        executable_path=path, chromium_sandbox=os.geteuid() != 0, args=list(ARGUMENTS), timeout=60_000
    )


def _apt(*words: str) -> bool:
    environment = {**HERE, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        ended = subprocess.run(
            [*APT, *words], env=environment, stdout=subprocess.DEVNULL, timeout=INSTALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
