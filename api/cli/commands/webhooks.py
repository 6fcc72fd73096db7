"""`callscribe webhooks`: who is told of events, and what came of it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

import typer

from api.cli.options import AsJson, Limit, Yes, asks
from api.cli.session import Session
from api.cli.tables import delivery_table, webhook_table
from api.client import Delivery, Webhook
from api.client.webhooks import WebhookChanges

EVENTS = "job.completed, job.failed, job.canceled, job.erased, batch.completed"
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK_ID", help="whk_…")]
Url = Annotated[str, typer.Argument(help="https, with a host name, on port 443")]
Events = Annotated[list[str] | None, typer.Option("--event", help=f"{EVENTS}; may be repeated, by default all")]
webhooks = typer.Typer(no_args_is_help=True, help="Be told of events at a URL, signed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different."""

    url: Annotated[str | None, typer.Option(help="tell it there instead")] = None
    event: Annotated[list[str], typer.Option(help="may be repeated; instead of those before")] = field(
        default_factory=list
    )
    description: Annotated[str | None, typer.Option(help="a note of yours")] = None
    enabled: Annotated[bool | None, typer.Option("--enable/--disable")] = None

    def given(self) -> WebhookChanges:
        """What is given, as a client words it."""
        found = WebhookChanges()
        if self.url is not None:
            found["url"] = self.url
        if self.event:
            found["events"] = self.event
        if self.description is not None:
            found["description"] = self.description
        if self.enabled is not None:
            found["enabled"] = self.enabled
        return found


@webhooks.command("add")
@asks
def add(
    session: Session,
    url: Url,
    event: Events = None,
    description: Annotated[str | None, typer.Option(help="a note of yours")] = None,
    as_json: AsJson = False,
) -> None:
    """Add an endpoint; its secret is shown here and never again."""
    _tell(session, session.client().webhooks.create(url, event, description), as_json=as_json)


@webhooks.command("list")
@asks
def list_webhooks(session: Session, as_json: AsJson = False) -> None:
    """List the endpoints."""
    found = session.client().webhooks.list()
    if as_json:
        session.json(found)
    elif found:
        session.out.print(webhook_table(found))
    else:
        session.warn("no endpoint; `callscribe webhooks add URL` makes one", style=None)


@webhooks.command("show")
@asks
def show(session: Session, webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Show an endpoint."""
    _tell(session, session.client().webhooks.get(webhook_id), as_json=as_json)


@webhooks.command("change")
@asks
def change(session: Session, webhook_id: WebhookId, changes: Changes, as_json: AsJson = False) -> None:
    """Change an endpoint; --enable takes one back that was disabled."""
    given = changes.given()
    if not given:
        raise typer.BadParameter("give at least one of --url, --event, --description, --enable and --disable")
    _tell(session, session.client().webhooks.change(webhook_id, **given), as_json=as_json)


@webhooks.command("remove")
@asks
def remove(session: Session, webhook_id: WebhookId, yes: Yes = False) -> None:
    """Remove an endpoint."""
    if not yes:
        typer.confirm(f"Tell {webhook_id} no more?", abort=True, err=True)
    session.client().webhooks.delete(webhook_id)
    session.say(f"{webhook_id}  removed")


@webhooks.command("rotate")
@asks
def rotate(session: Session, webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Give an endpoint a new secret; both sign for 24 hours."""
    _tell(session, session.client().webhooks.rotate(webhook_id), as_json=as_json)


@webhooks.command("test")
@asks
def send_test(session: Session, webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Send a signed test event."""
    delivery = session.client().webhooks.test(webhook_id)
    _tell_delivery(session, delivery, as_json=as_json)
    if not as_json:
        session.warn(f"`callscribe webhooks log {webhook_id}` shows what it answered", style=None)


@webhooks.command("log")
@asks
def log(
    session: Session,
    webhook_id: WebhookId,
    status: Annotated[Literal["pending", "delivered", "dead"] | None, typer.Option(help="only these")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show what was delivered to an endpoint in the last 30 days, newest first."""
    found = list(itertools.islice(session.client().webhooks.deliveries(webhook_id, status), limit))
    if as_json:
        session.json(found)
    elif found:
        session.out.print(delivery_table(found, session.now()))
    else:
        session.warn("nothing was delivered yet; `callscribe webhooks test` sends a test", style=None)


@webhooks.command("redeliver")
@asks
def redeliver(
    session: Session,
    webhook_id: WebhookId,
    delivery_id: Annotated[str, typer.Argument(metavar="DELIVERY_ID", help="dlv_…")],
    as_json: AsJson = False,
) -> None:
    """Send an event again, under the same event id."""
    _tell_delivery(session, session.client().webhooks.redeliver(webhook_id, delivery_id), as_json=as_json)


def _tell(session: Session, webhook: Webhook, *, as_json: bool) -> None:
    if as_json:
        session.json([webhook])
        return
    for line in _lines(webhook):
        session.say(line)
    if webhook.secret is not None:
        session.warn("keep the secret: it is never shown again", style="yellow")


def _lines(webhook: Webhook) -> Iterator[str]:
    yield f"{webhook.id}  {webhook.status}  {webhook.url}"
    yield f"events  {', '.join(webhook.events)}"
    if webhook.description:
        yield f"note    {webhook.description}"
    if webhook.secret is not None:
        yield f"secret  {webhook.secret}"
    if webhook.previous_secret_until is not None:
        yield f"the secret before signs until {webhook.previous_secret_until:%Y-%m-%d %H:%M} UTC"


def _tell_delivery(session: Session, delivery: Delivery, *, as_json: bool) -> None:
    if as_json:
        session.json([delivery])
    else:
        session.say(f"{delivery.id}  {delivery.status}  {delivery.event_type}")
