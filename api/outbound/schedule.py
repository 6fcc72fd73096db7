"""When a delivery is tried again: the steps of waiting, and what the receiver asks for."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

DELAYS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before each of the ten attempts: at once, 5 s, 5 and 30 min, 2, 5, 10, 14, 20, 24 h; 75 h 35 min in all."""
SPREAD = 0.1
LONGEST_ASKED_S = 86_400
_LONGEST_NUMBER = 9
"""Digits of a Retry-After that are read; a longer number asks for more than any limit of ours."""


def next_delay_s(attempts_made: int, jitter: float, retry_after_s: int | None) -> float | None:
    """How long to wait before the next attempt.

    Args:
        attempts_made: 0 before the first.
        jitter: in [-1, 1], drawn by the caller; 1 is ten percent later.
        retry_after_s: what the last answer asked for; wins where it is longer, up to 24 h.

    Returns:
        Seconds; None after the tenth attempt: the delivery is dead.
    """
    if attempts_made >= len(DELAYS_S):
        return None
    planned_s = DELAYS_S[attempts_made] * (1 + SPREAD * jitter)
    return max(planned_s, min(retry_after_s or 0, LONGEST_ASKED_S))


def retry_after_s(value: str, now: float) -> int | None:
    """The seconds that a Retry-After header asks for, in either of its forms; None if it has neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= _LONGEST_NUMBER else 10**_LONGEST_NUMBER
    try:
        moment = parsedate_to_datetime(text)
        until = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0, math.ceil(until - now))
