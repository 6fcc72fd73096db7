"""Announce and settle: the outbox is emptied, and only then may the message go."""

from typing import Any

from shared.errors.transient import EventsUnavailable
from shared.event import attributes_of, event_of
from shared.job import Job, Outcome, Receipt, next_expiry_at
from shared.protocol.intents import ChangeRow, Delete, Hide, Publish, Steps, Where
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
        yield Publish(event.model_dump_json(), attributes_of(job, event))
        is_untold = ((Where(f"outbox.{sequence}.state", "=", "pending"),),)
        told: dict[str, Any] = {f"outbox.{sequence}.state": "published"}
        if sequence == job.sequence:
            # Nothing more is to be told: the job rests until retention has something to do.
            told["next_check_at"] = next_expiry_at(job)
        yield ChangeRow(job.row_key, is_untold, told)
    return job


def settle(ending: Ending, receipt: Receipt, base_url: str) -> Steps[Outcome]:
    """Do to the message what the ending asks for; it is deleted only when all is told."""
    match ending.outcome:
        case Outcome.COMPLETED | Outcome.REJECTED | Outcome.EXHAUSTED | Outcome.SETTLED:
            return (yield from _tell_and_delete(ending, receipt, base_url))
        case Outcome.RELEASED | Outcome.CHARGED | Outcome.HELD | Outcome.EARLY:
            yield Hide(receipt, ending.hide_s)
            return ending.outcome
        case Outcome.LOST | Outcome.UNKNOWN | Outcome.ALONE | Outcome.UNPUBLISHED:
            return ending.outcome


def _tell_and_delete(ending: Ending, receipt: Receipt, base_url: str) -> Steps[Outcome]:
    assert ending.job is not None, "a terminal ending knows its row"
    try:
        yield from announce(ending.job, base_url)
    except EventsUnavailable:
        yield Hide(receipt, backoff_s(receipt.receive_count - 1))
        return Outcome.UNPUBLISHED
    yield Delete(receipt)
    return ending.outcome
