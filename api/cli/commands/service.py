"""`callscribe queue`, `models` and `doctor`: how the service is, and what a person would check if it is not well."""

from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from pydantic import BaseModel

from api.cli.options import AsJson, asks
from api.cli.processes import script
from api.cli.refusals import advice_for
from api.cli.session import Session
from api.cli.tables import model_table, queue_table
from api.client import ApiError, Client, Patience
from shared.errors.root import CallscribeError

SCRIPTS = ("callscribe-emulator", "callscribe-api", "callscribe-worker")


class Finding(BaseModel):
    """One thing that was looked at, and what to do if it is not right."""

    about: str
    is_right: bool
    advice: str = ""


@asks
def queue(session: Session, as_json: AsJson = False) -> None:
    """Show what waits in both lanes, and when a call sent now would start."""
    found = session.client().queue()
    if as_json:
        session.json([found])
        return
    session.out.print(queue_table(found))
    workers = f"{found.workers} worker{'' if found.workers == 1 else 's'} at work"
    session.say(workers if found.workers else "no worker at work: calls wait until one starts")


@asks
def models(session: Session, as_json: AsJson = False) -> None:
    """List the models that --model may name."""
    found = session.client().models()
    if as_json:
        session.json(found)
    else:
        session.out.print(model_table(found))


@asks
def doctor(session: Session, as_json: AsJson = False) -> None:
    """Say what is missing, and what to do about it."""
    findings = list(examine(session))
    if as_json:
        session.json(findings)
    for finding in () if as_json else findings:
        session.say(f"{'ok  ' if finding.is_right else 'FAIL'}  {finding.about}")
        if not finding.is_right:
            session.say(f"      {finding.advice}")
    raise typer.Exit(0 if all(finding.is_right for finding in findings) else 1)


def examine(session: Session) -> Iterator[Finding]:
    """Look at the installation, the address, the server and the key; stops where the rest cannot be known."""
    settings = session.settings
    for name in SCRIPTS:
        is_there = Path(script(name)[0]).is_file()
        yield Finding(about=f"{name} is installed", is_right=is_there, advice="run `make up`, which installs it")
    set_key = "set CALLSCRIBE_API_KEY or run `callscribe up`"
    yield Finding(about="an API key is set", is_right=bool(settings.api_key), advice=set_key)
    # Nobody waits a minute for a diagnosis: one try each.
    once = Patience(0.0, session.pause)
    client = Client(settings.url, settings.api_key or "", transport=session.transport, patience=once)
    error = _looked(client.health)
    yield Finding(about=f"the API answers at {settings.url}", is_right=error is None, advice=_advice(error))
    if error is None and settings.api_key:
        yield from _with_key(client)


def _with_key(client: Client) -> Iterator[Finding]:
    """Whether the key is accepted, and whether anybody works; a key may lack the scope to see that."""
    error = _looked(client.queue)
    refused = isinstance(error, ApiError) and error.problem in ("unauthenticated", "forbidden")
    yield Finding(about="the key is accepted", is_right=not refused, advice=_advice(error))
    if error is None:
        has_workers = client.queue().workers > 0
        yield Finding(about="a worker is at work", is_right=has_workers, advice="start one: `callscribe worker`")


def _looked(look: Callable[[], object]) -> CallscribeError | None:
    try:
        look()
    except CallscribeError as error:
        return error
    return None


def _advice(error: CallscribeError | None) -> str:
    return "" if error is None else f"{error} {advice_for(error)}"
