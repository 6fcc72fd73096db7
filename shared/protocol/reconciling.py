"""Heal what is stuck: one look at one job. Conditional writes decide, so two reconcilers at once are harmless."""

from dataclasses import dataclass, field

from shared.errors.jobs import DeadlinePassed, ProcessingTimeout, UploadExpired, UploadMismatch
from shared.errors.requests import UploadMissing
from shared.job import DAY_S, Job, Key, Lane, Row, Status
from shared.protocol.announcing import announce
from shared.protocol.claiming import LEASE_CHECK_S
from shared.protocol.erasing import expire
from shared.protocol.intents import ChangeRow, CountMessages, Guard, PutRow, ReadRow, Steps, Where
from shared.protocol.submitting import RING_CHECK_S, UPLOAD_CHECK_S, queue, ring
from shared.protocol.working import OUTBOX_CHECK_S, fail_unclaimed

UPLOAD_S = DAY_S
"""So long a job waits for its audio."""
LONGEST_UPLOAD_CHECK_S = 3_600
OVERTAKEN_S = 120
"""A job is overtaken when one that was rung so much later has been claimed: its own message is lost."""
EMPTY_S = 60
"""A queue that reports no message of any kind for so long holds none."""
RING_BACKOFF_S = (60, 600, 3_600)
LONGEST_CHECK_S = 120
LONGEST_WORK_S = 7_200
"""So long may all attempts at a job take together, counted from the first that lasted until a look."""
RINGS_PER_RUN = 600
"""A lane is rung no more often in a run of a minute, however much is lost: the rest follows in the next."""


@dataclass(slots=True)
class LaneNews:
    """What a run knows of a lane: since when its queue is empty, and how often it may still be rung."""

    empty_since: float | None
    rings_left: int = RINGS_PER_RUN
    watermarks: dict[str, float] = field(default_factory=dict)


def lane_news(lane: Lane, now: float) -> Steps[LaneNews]:
    """Ask the queue of `lane` how much it holds, and remember since when it has been empty."""
    key = Key("LANES", lane.value)
    count: int = yield CountMessages(lane)
    row: Row | None = yield ReadRow(key)
    earlier = row.get("empty_since") if row else None
    empty_since = None if count else (earlier or now)
    if empty_since != earlier:
        yield PutRow(key, {"empty_since": empty_since})
    return LaneNews(empty_since)


def look(job: Job, news: LaneNews, now: float, base_url: str) -> Steps[str]:
    """Do what the job needs, and say in a word what that was; ends by setting the moment of the next look."""
    if job.tombstone is None and _is_late(job, now):
        yield from fail_unclaimed(job, DeadlinePassed(stage=job.status.value), now)
        return "deadline"
    match job.status:
        case Status.AWAITING_UPLOAD:
            return (yield from _find_upload(job, now))
        case Status.QUEUED:
            return (yield from _find_doorbell(job, news, now))
        case Status.PROCESSING:
            return (yield from _find_worker(job, news, now))
        case Status.COMPLETED | Status.FAILED | Status.CANCELED:
            return (yield from _find_rest(job, now, base_url))


def _is_late(job: Job, now: float) -> bool:
    """Whether the job has not been started by its deadline; one that was may finish."""
    not_started = job.status in (Status.AWAITING_UPLOAD, Status.QUEUED) and job.fence == 0
    return not_started and job.deadline_at is not None and now > job.deadline_at


def _find_upload(job: Job, now: float) -> Steps[str]:
    """Look for audio whose event was lost; after a day it will not come any more."""
    age_s = now - job.created_at
    try:
        queued = yield from queue(job, now)
    except UploadMismatch:
        return "upload_mismatch"
    except UploadMissing:
        if age_s >= UPLOAD_S:
            yield from fail_unclaimed(job, UploadExpired(stage="uploading"), now)
            return "upload_expired"
        again_s = min(max(age_s, UPLOAD_CHECK_S), LONGEST_UPLOAD_CHECK_S, UPLOAD_S - age_s)
        yield from _check_again(job, now + again_s)
        return "waiting"
    return "upload_found" if queued.status is Status.QUEUED else "waiting"


def _find_doorbell(job: Job, news: LaneNews, now: float) -> Steps[str]:
    """Ring for a job that was never rung, was overtaken, or whose queue was emptied."""
    lost = yield from _lost(job, news, now)
    if lost and news.rings_left > 0:
        news.rings_left -= 1
        yield from ring(job, now)
        yield from _check_again(job, now + RING_CHECK_S)
        return lost
    age_s = now - (job.queued_at or now)
    yield from _check_again(job, now + min(max(age_s / 2, RING_CHECK_S), LONGEST_CHECK_S))
    return "waiting"


def _lost(job: Job, news: LaneNews, now: float) -> Steps[str]:
    """Why the message of a queued job must be lost; empty where it need not be."""
    if job.rung_at is None:
        return "never_rung" if now - (job.queued_at or now) >= RING_CHECK_S else ""
    if now < max(job.not_before, job.rung_at + RING_BACKOFF_S[min(max(job.rings, 1), len(RING_BACKOFF_S)) - 1]):
        return ""
    if news.empty_since is not None and now - news.empty_since >= EMPTY_S and now - job.rung_at > OVERTAKEN_S:
        return "purged"
    claimed_up_to = yield from _watermark(job, news)
    return "overtaken" if claimed_up_to - job.rung_at > OVERTAKEN_S else ""


def _watermark(job: Job, news: LaneNews) -> Steps[float]:
    """When the latest rung of the claimed jobs of this tenant and lane was rung; read once a run."""
    if job.tenant not in news.watermarks:
        row: Row | None = yield ReadRow(Key.of_watermark(job.lane.value, job.tenant))
        news.watermarks[job.tenant] = float(row["rung_at"]) if row else 0.0
    return news.watermarks[job.tenant]


def _find_worker(job: Job, news: LaneNews, now: float) -> Steps[str]:
    """Ring for a job whose lease ran out a while ago: the claim decides whether it may be taken over."""
    began_at = job.first_started_at or job.started_at or now
    if now - began_at > LONGEST_WORK_S:
        yield from fail_unclaimed(job, ProcessingTimeout(), now)
        return "processing_timeout"
    if job.first_started_at is None:
        yield ChangeRow(job.row_key, ((Where("fence", "=", job.fence),),), {"first_started_at": began_at})
    if job.lease_until >= now - LEASE_CHECK_S:
        yield from _check_again(job, job.lease_until + LEASE_CHECK_S + 1)
        return "held"
    if news.rings_left <= 0 or (job.rung_at is not None and now - job.rung_at < RING_CHECK_S):
        yield from _check_again(job, now + RING_CHECK_S)
        return "waiting"
    news.rings_left -= 1
    yield from ring(job, now)
    yield from _check_again(job, now + RING_CHECK_S)
    return "abandoned"


def _find_rest(job: Job, now: float, base_url: str) -> Steps[str]:
    """Tell what nobody has told yet; then retention has its turn."""
    pending = [entry for entry in job.outbox.values() if entry.state == "pending"]
    if any(now - entry.at >= OUTBOX_CHECK_S for entry in pending):
        yield from announce(job, base_url)
        return "published"
    if pending:
        yield from _check_again(job, now + OUTBOX_CHECK_S)
        return "waiting"
    yield from expire(job, now)
    return "retention"


def _check_again(job: Job, at: float) -> Steps[None]:
    """Look again then, unless the job has moved on meanwhile: whoever moved it has said when."""
    unmoved: Guard = ((Where("status", "=", job.status.value), Where("next_check_at", "=", job.next_check_at or 0.0)),)
    yield ChangeRow(job.row_key, unmoved, {"next_check_at": at})
