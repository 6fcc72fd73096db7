"""Ids: `job_` + ULID for what we make, `evt_` + uuid5 for what must have the same id however often it is said."""

import re
import uuid

from ulid import ULID

JOB_ID = re.compile(r"job_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id(prefix: str, now: float) -> str:
    """`<prefix>_` + a ULID whose time is `now` (epoch seconds), so ids sort by birth."""
    return f"{prefix}_{ULID.from_timestamp(now)}"


def is_job_id(text: str) -> bool:
    """Whether `text` has the form of a job id; anything else is a 404 without a read."""
    return JOB_ID.fullmatch(text) is not None


def event_id(job_id: str, sequence: int) -> str:
    """The id of a job's event number `sequence`: the same fact has the same id each time it is published."""
    return f"evt_{uuid.uuid5(uuid.NAMESPACE_URL, f'callscribe:{job_id}/{sequence}').hex}"
