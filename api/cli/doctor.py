"""`callscribe doctor`: what a person would check first when nothing works, in that order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from api.cli.client import ApiError, Client
from api.cli.processes import script
from shared.errors.root import CallscribeError
from shared.settings import ClientSettings

NO_JOB = "job_00000000000000000000000000"
SCRIPTS = ("callscribe-emulator", "callscribe-api", "callscribe-worker")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do if it is not right."""

    about: str
    is_right: bool
    advice: str = ""


def examine(settings: ClientSettings) -> Iterator[Finding]:
    """Look at the installation, the address, the server and the key; stops where the rest cannot be known."""
    for name in SCRIPTS:
        yield Finding(f"{name} is installed", Path(script(name)[0]).is_file(), "run `make up`, which installs it")
    yield Finding("an API key is set", settings.api_key is not None, "set CALLSCRIBE_API_KEY or run `callscribe up`")
    api = Client(settings.url, settings.api_key or "")
    answers = _answers(api)
    yield Finding(f"the API answers at {settings.url}", answers, "run `callscribe up`, or set CALLSCRIBE_URL")
    if answers:
        yield Finding("the key is accepted", _is_accepted(api), "make a new one: `callscribe keys create`")


def _answers(api: Client) -> bool:
    try:
        return api.http.get(f"{api.url}/v1/health").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _is_accepted(api: Client) -> bool:
    """Ask for a job that cannot exist: who may read is told so, who may not is told that first."""
    try:
        api.get(NO_JOB)
    except ApiError as error:
        return error.status == httpx.codes.NOT_FOUND
    except CallscribeError:
        return False
    return True
