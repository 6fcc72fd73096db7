"""Messages that came too often in vain: their jobs are ended if nothing helps, or handed to the reconciler."""

import json
from typing import Any

from api.parts import Parts, serving
from shared.errors.transient import TransientError
from shared.protocol.deadletters import bury
from shared.protocol.drive import drive


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a batch of dead letters of a lane; those that must stay come back as failures."""
    with serving() as parts:
        return take(event, parts)


def take(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Look at the job of each dead letter.

    Returns:
        The ids of the messages that stay (partial batch response): their job has not ended, or there is none.
    """
    staying = [record for record in event.get("Records", []) if not _may_go(str(record.get("body", "")), parts)]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in staying]}


def _may_go(body: str, parts: Parts) -> bool:
    """Whether everything is told; what cannot be read stays for a person to see."""
    named = _job_in(body)
    parts.observer.tell("dead_letter_seen", job_id=named[1] if named else None)
    if named is None:
        return False
    try:
        return drive(bury(*named, parts.now(), parts.settings.base_url), parts.world)
    except TransientError:
        return False
    except Exception as error:  # noqa: BLE001 - one row that nobody can read holds up no other letter
        parts.observer.tell_crash(error, job_id=named[1])
        return False


def _job_in(body: str) -> tuple[str, str] | None:
    """Tenant and job of a doorbell."""
    try:
        told = json.loads(body)
        return str(told["tenant"]), str(told["job"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
