"""Ids: three letters and a ULID for what we make (`job_`, `bat_`, `whk_`, `dlv_`, `era_`), `evt_` + uuid5 for events.

An event has the same id however often it is told.
"""

import hashlib
import re
import uuid

from ulid import ULID

_ID = re.compile("([a-z]{3})_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id(prefix: str, now: float) -> str:
    """`<prefix>_` + a ULID whose time is `now` (epoch seconds), so ids sort by birth."""
    return f"{prefix}_{ULID.from_timestamp(now)}"


def derived_id(prefix: str, now: float, seed: str) -> str:
    """An id like `new_id`'s that is the same for the same `seed` and moment, so that making it twice makes one."""
    birth = ULID.from_timestamp(now).bytes[:6]
    return f"{prefix}_{ULID.from_bytes(birth + hashlib.sha256(seed.encode()).digest()[:10])}"


def lowest_id(prefix: str, moment: float) -> str:
    """The least id that could have been born at `moment`: a bound for looking by time."""
    return f"{prefix}_{ULID.from_bytes(ULID.from_timestamp(moment).bytes[:6] + bytes(10))}"


def just_below(resource_id: str) -> str:
    """The greatest text of its length below `resource_id`: the bound of a search to which both bounds belong."""
    return resource_id[:-1] + chr(ord(resource_id[-1]) - 1)


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` has the form of an id that begins with `prefix`; anything else is a 404 without a read."""
    match = _ID.fullmatch(text)
    return match is not None and match[1] == prefix


def event_id(job_id: str, sequence: int) -> str:
    """The id of a job's event number `sequence`: the same fact has the same id each time it is published."""
    return f"evt_{uuid.uuid5(uuid.NAMESPACE_URL, f'callscribe:{job_id}/{sequence}').hex}"
