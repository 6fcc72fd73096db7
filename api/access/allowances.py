"""How much a tenant may: requests a second, jobs that have not ended, hours of calls a day."""

import math
from dataclasses import dataclass, field
from typing import Literal

from api.access.buckets import Bucket, Rate
from api.parts import Parts
from shared.errors.requests import QueueFull, QuotaExceeded, RateLimited
from shared.errors.transient import TransientError
from shared.event import instant
from shared.job import DAY_S, Key
from shared.protocol.intents import Answer, Changed, ChangeRow, CreateRows, Where
from shared.settings import Settings

RateName = Literal["reads", "submits"]
CONFLICTS = 3
"""Times that another process may come first; then a request passes, rather than wait on a count."""
BLOCKS_A_DAY = 2_000
ROOM_RETRY_S = 60
"""Calls end all the time: so long after a full queue it is worth asking again."""


@dataclass(slots=True)
class Lease:
    """What this process holds of a bucket: tokens that nobody else can take, and the bucket as it was last seen."""

    tokens: int = 0
    bucket: Bucket | None = None


@dataclass(slots=True)
class Rates:
    """The memory of a process: with a lease in hand a request costs no look at the table."""

    leases: dict[tuple[str, str], Lease] = field(default_factory=dict)

    def take(self, tenant: str, name: RateName, parts: Parts) -> None:
        """Take one token of a tenant's bucket, which all processes share.

        A table that is out of reach lets the request pass: what the request itself needs of it will say so.

        Raises:
            RateLimited: the bucket is empty; its fact says when to come again.
        """
        lease = self.leases.setdefault((tenant, name), Lease())
        try:
            if lease.tokens == 0:
                lease.tokens = _leased(lease, Key.of_allowance(tenant, name), _rate(name, parts.settings), parts)
        except TransientError:
            return
        except RateLimited:
            parts.observer.tell("limit_reached", tenant=tenant, limit=name)
            raise
        lease.tokens -= 1


def require_room(tenant: str, live: int, parts: Parts) -> None:
    """Go on only if the tenant may have one more job beside its `live` ones, which have not ended.

    Raises:
        QueueFull: it has as many as it may.
    """
    if live >= parts.settings.live_jobs_max:
        parts.observer.tell("limit_reached", tenant=tenant, limit="live_jobs", found=live)
        raise QueueFull(retry_after_s=ROOM_RETRY_S)


def take_audio(tenant: str, audio_s: float, parts: Parts) -> None:
    """Count `audio_s` seconds of calls to the tenant's day, which begins at midnight UTC.

    A process takes a two-thousandth of the day's limit at a time and counts from that, so that one call in ten asks
    the table; what an idle process holds is lost to the day, a two-thousandth each.

    Raises:
        QuotaExceeded: they are more than is left of the day; nothing was counted.
        StorageUnavailable: the table does not answer.
    """
    key = Key.of_allowance(tenant, f"audio#{instant(parts.now())[:10]}")
    left_s = parts.leased.get(str(key), 0.0)
    if left_s < audio_s:
        left_s += _more_audio(key, audio_s - left_s, parts)
    parts.leased[str(key)] = left_s - audio_s


def _more_audio(key: Key, short_s: float, parts: Parts) -> int:
    """Take a block of the day's seconds, or at its end just what is short; how many there were.

    Raises:
        QuotaExceeded: less than that is left; its fact leads to midnight.
    """
    limit_s = int(parts.settings.audio_hours_per_day * 3_600)
    least_s = math.ceil(short_s)
    for wanted_s in (max(least_s, limit_s // BLOCKS_A_DAY), least_s):
        if _counted(key, wanted_s, limit_s, parts):
            return wanted_s
    parts.observer.tell("limit_reached", limit="audio_hours", audio_s=short_s)
    now = parts.now()
    raise QuotaExceeded(retry_after_s=max(1, math.ceil((int(now) // DAY_S + 1) * DAY_S - now)))


def _counted(key: Key, wanted_s: int, limit_s: int, parts: Parts) -> bool:
    """Whether `wanted_s` found room below the limit of the day."""
    add = ChangeRow(key, ((Where("used_s", "<=", limit_s - wanted_s),),), adds={"used_s": wanted_s})
    answer: Answer = parts.world.perform(add)
    if isinstance(answer, Changed) or answer.row is not None or wanted_s > limit_s:
        return isinstance(answer, Changed)
    first = {"used_s": wanted_s, "expires_at": int(parts.now()) + 2 * DAY_S}
    # Whoever lost the race for the first call of a day is the second.
    return parts.world.perform(CreateRows(((key, first),), parts.now())) or isinstance(
        parts.world.perform(add), Changed
    )


def _rate(name: RateName, settings: Settings) -> Rate:
    if name == "reads":
        return Rate(settings.reads_per_s, settings.read_burst)
    return Rate(settings.submits_per_s, settings.submit_burst)


def _leased(lease: Lease, key: Key, rate: Rate, parts: Parts) -> int:
    """Move a block of tokens from the table into this process; how many there were.

    Raises:
        RateLimited: there is none. What was seen last is enough to know it: others only take.
        StorageUnavailable: the table does not answer.
    """
    now = parts.now()
    full = Bucket(float(rate.burst), now, 0)
    for _ in range(1 + CONFLICTS):
        seen = lease.bucket or full
        tokens = min(rate.block, seen.whole(rate, now))
        if tokens == 0:
            raise RateLimited(retry_after_s=seen.wait_s(rate, now))
        after = seen.less(tokens, rate, now)
        answer: Answer = parts.world.perform(ChangeRow(key, ((Where("version", "=", seen.version),),), after.row))
        if isinstance(answer, Changed):
            lease.bucket = after
            return tokens
        lease.bucket = full if answer.row is None else Bucket.of(answer.row)
        if answer.row is None:
            parts.world.perform(CreateRows(((key, full.row),), now))
    return 1
