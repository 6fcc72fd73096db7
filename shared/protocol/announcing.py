"""Announce and settle: the outbox is emptied, and only then may the message go."""

from shared.errors.transient import EventsUnavailable
from shared.event import attributes_of, event_of
from shared.job import Job, Outcome, Receipt, Status
from shared.protocol.intents import Answer, ChangeRow, Delete, DeleteVersions, Hide, Publish, Refused, Steps, Where
from shared.protocol.working import Ending, backoff_s


def announce(job: Job, base_url: str) -> Steps[Job]:
    """Publish every pending event of `job`, in order, and mark each as published.

    `base_url` is where the API answers: events point there.

    Raises:
        EventsUnavailable: SNS refused after retries; what is pending stays pending.
    """
    pending = [(int(number), entry) for number, entry in job.outbox.items() if entry.state == "pending"]
    for sequence, entry in sorted(pending):
        event = event_of(job, sequence, entry, base_url)
        yield Publish(event.model_dump_json(ensure_ascii=True), attributes_of(job, event))
        untold = Where(f"outbox.{sequence}.state", "=", "pending")
        told = {f"outbox.{sequence}.state": "published"}
        # Nothing more is to be told of a job that stands as it was read: it rests until retention looks at it first.
        unmoved = (untold, Where("status", "=", job.status.value), Where("sequence", "=", sequence))
        rests = {"next_check_at": (job.completed_at or entry.at) + job.retention.shortest_s}
        answer: Answer = yield ChangeRow(job.row_key, (unmoved,), told | rests)
        if isinstance(answer, Refused):
            yield ChangeRow(job.row_key, ((untold,),), told)
    return job


def settle(ending: Ending, receipt: Receipt, base_url: str) -> Steps[Outcome]:
    """Do to the message what the ending asks for; it is deleted only when all is told."""
    match ending.outcome:
        case Outcome.COMPLETED | Outcome.REJECTED | Outcome.EXHAUSTED | Outcome.SETTLED:
            return (yield from _tell_and_delete(ending, receipt, base_url))
        case Outcome.RELEASED | Outcome.CHARGED | Outcome.HELD | Outcome.EARLY | Outcome.ALONE:
            yield Hide(receipt, ending.hide_s)
            return ending.outcome
        case Outcome.LOST | Outcome.UNKNOWN | Outcome.UNPUBLISHED:
            return ending.outcome


def _tell_and_delete(ending: Ending, receipt: Receipt, base_url: str) -> Steps[Outcome]:
    assert ending.job is not None, "a terminal ending knows its row"
    try:
        yield from announce(ending.job, base_url)
    except EventsUnavailable:
        yield Hide(receipt, backoff_s(receipt.receive_count - 1))
        return Outcome.UNPUBLISHED
    yield Delete(receipt)
    if ending.job.checkpoint is not None and ending.job.status is Status.COMPLETED:
        # A job that failed or was canceled may be tried again, and goes on from there; else it is used up in two days.
        yield DeleteVersions(ending.job.work_prefix)
    return ending.outcome
