"""How lists look on a terminal: no frames, one line an entry, ids never cut."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from api.cli.dialogue import STATUS_COLOURS, clock
from api.client import Delivery, Job, JobBatch, Model, Queue, Webhook

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
NOTHING = "-"
YIELDING = frozenset({"reference", "url", "events", "answer", "call"})


def ago(seconds: float) -> str:
    """An age in its largest unit: `5 s`, `3 min`, `2 h`, `4 d`."""
    for unit, size_s in (("d", DAY_S), ("h", HOUR_S), ("min", MINUTE_S)):
        if seconds >= 2 * size_s or (unit == "min" and seconds >= size_s):
            return f"{seconds / size_s:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def job_table(jobs: Iterable[Job], now: float) -> Table:
    """Jobs with what a person looks for first."""
    table = named_columns("id", "status", "reference", "lang", "length", "age")
    for job in jobs:
        what = f"{job.status} {job.progress.percent:.0f} %" if job.progress else job.status
        length = NOTHING if job.audio.duration is None else clock(job.audio.duration)
        table.add_row(
            job.id, coloured(what, job.status), yielding(job.reference or NOTHING), job.language or NOTHING, length,
            ago(_age_s(job.created_at, now)),
        )  # fmt: skip
    return table


def batch_table(batches: Iterable[JobBatch], now: float) -> Table:
    """Batches with how far they are."""
    table = named_columns("id", "status", "reference", "ended", "failed", "age")
    for batch in batches:
        counts = batch.counts
        ended = f"{counts.ended}/{counts.total}"
        failed = Text(str(counts.failed), style="red" if counts.failed else "")
        status = coloured(batch.status, batch.status)
        table.add_row(
            batch.id, status, yielding(batch.reference or NOTHING), ended, failed, ago(_age_s(batch.created_at, now))
        )
    return table


def webhook_table(webhooks: Iterable[Webhook]) -> Table:
    """Endpoints with what they are told."""
    table = named_columns("id", "status", "url", "events")
    for webhook in webhooks:
        status = Text(webhook.status, style="green" if webhook.status == "enabled" else "red")
        table.add_row(webhook.id, status, yielding(webhook.url), yielding(", ".join(webhook.events)))
    return table


def delivery_table(deliveries: Iterable[Delivery], now: float) -> Table:
    """The log of an endpoint: how often it was tried, and what it answered last."""
    table = named_columns("id", "status", "event", "tries", "answer", "age")
    for delivery in deliveries:
        last = delivery.attempts[-1] if delivery.attempts else None
        answer = NOTHING if last is None else str(last.status_code or last.error or NOTHING)
        status = coloured(delivery.status, delivery.status)
        tries = str(len(delivery.attempts))
        table.add_row(
            delivery.id, status, delivery.event_type, tries, yielding(answer), ago(_age_s(delivery.created_at, now))
        )
    return table


def queue_table(queue: Queue) -> Table:
    """Both lanes: what waits, and when a call that is sent now would start."""
    table = named_columns("lane", "waiting", "audio", "in work", "oldest", "sent now starts in")
    for name, lane in queue.lanes.items():
        oldest = NOTHING if lane.oldest_age_s is None else ago(lane.oldest_age_s)
        start = lane.estimated_start_at
        wait = "unknown yet" if start is None else ago((start - queue.as_of).total_seconds())
        table.add_row(name, str(lane.jobs), clock(lane.audio_s), str(lane.processing), oldest, wait)
    return table


def model_table(models: Iterable[Model]) -> Table:
    """The models that `--model` may name; what was not measured is left open."""
    table = named_columns("model", "languages", "word error rate", "rtf")
    for model in models:
        wer = ", ".join(f"{language} {100 * share:.1f} %" for language, share in (model.wer or {}).items())
        rtf = NOTHING if model.rtf is None else f"{model.rtf:.3f}"
        table.add_row(model.name, ", ".join(model.languages), wer or "not measured", rtf)
    return table


def coloured(text: str, status: str) -> Text:
    """`text` in the colour of a status."""
    return Text(text, style=STATUS_COLOURS.get(status, ""))


def yielding(text: str) -> Text:
    """A cell that is cut where the terminal is narrow, so that the others are not."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def named_columns(*names: str) -> Table:
    """An empty table without frames; only cells that are `yielding` give way."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in names:
        table.add_column(name, no_wrap=name not in YIELDING)
    return table


def _age_s(moment: datetime, now: float) -> float:
    return now - moment.timestamp()
