"""Every minute: count what waits, for whoever asks, and tell it for scaling and alarms, zero included."""

from typing import Any

from api.backlog import count
from api.functions.unfinished import open_jobs
from api.parts import Parts, serving
from shared.capacity import Backlog
from shared.job import Lane


def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Count once."""
    with serving() as parts:
        return run(parts)


def run(parts: Parts) -> dict[str, Any]:
    """Count, and tell one fact a lane: seconds of calls still to be heard, held ones included, and the oldest's age.

    What is left of the night is told last: whatever goes wrong with it, scaling has its figures.

    Returns:
        Those seconds by lane.

    Raises:
        StorageUnavailable: the table is out of reach; a minute later it is tried again.
    """
    backlog = count(parts)
    told = {lane.value: _tell(lane, backlog, parts) for lane in backlog.lanes}
    parts.observer.tell("nightly_counted", open_jobs=open_jobs(parts))
    return told


def _tell(lane: Lane, backlog: Backlog, parts: Parts) -> float:
    own = backlog.lanes[lane]
    to_do_s = round(own.queued_audio_s + own.processing_s, 1)
    parts.observer.tell(
        "backlog_counted",
        lane=lane.value,
        jobs=own.queued,
        queued_audio_s=to_do_s,
        oldest_age_s=round(max(0.0, backlog.at - own.oldest_queued_at), 1) if own.oldest_queued_at else 0.0,
        deadline_slack_s=own.deadline_slack_s,
    )
    return to_do_s
