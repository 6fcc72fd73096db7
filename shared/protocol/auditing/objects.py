"""What the objects of a job tell against its row, or against there being none."""

from collections import Counter
from collections.abc import Iterator

from shared.erasure import SWEEPS_AFTER_S, is_erased
from shared.job import Job, Status, audio_key
from shared.protocol.auditing.breach import Breach
from shared.protocol.intents import ObjectVersion

FORGOTTEN_S = 900
"""A process that dies while it deletes is succeeded by the reconciler: by then all is gone."""
BORN_S = 3_600
"""What was written just now may belong to a row that is just being written, or looked at too early."""

Told = Iterator[tuple[str, str]]


def object_breaches(job: Job, versions: tuple[ObjectVersion, ...], now: float) -> tuple[Breach, ...]:
    """Everything that is wrong between the row and the objects under the job's prefixes."""
    told = (*_transcript(job, versions), *_twice(job, versions), *_left(job, versions, now))
    return tuple(Breach(kind, job.tenant, job.id, text) for kind, text in told)


def orphan_breaches(tenant: str, name: str, versions: tuple[ObjectVersion, ...], now: float) -> tuple[Breach, ...]:
    """Objects under the name of a job, or of a batch, that has no row; delete markers hold nothing."""
    held = [version for version in versions if not version.is_marker and version.at < now - BORN_S]
    return (Breach("no_row", tenant, name, f"no row, and {_places(held)}"),) if held else ()


def _transcript(job: Job, versions: tuple[ObjectVersion, ...]) -> Told:
    """What a reader gets is what the row points to."""
    if job.status is not Status.COMPLETED or job.tombstone is not None or job.result is None:
        return
    there = next((one for one in versions if one.is_there and one.key == job.transcript_key), None)
    if there is None or job.result.key != job.transcript_key:
        yield "transcript_missing", f"completed, and {job.transcript_key} is not there"
    elif there.etag != job.result.etag:
        yield "transcript_differs", f"the row says {job.result.etag}, the object is {there.etag}"


def _twice(job: Job, versions: tuple[ObjectVersion, ...]) -> Told:
    under = f"transcripts/{job.tenant}/{job.id}/"
    written = Counter(one.key for one in versions if one.key.startswith(under) and not one.is_marker)
    if written.total() > 1:
        yield "transcript_twice", f"{written.total()} versions of {', '.join(sorted(written))}"


def _left(job: Job, versions: tuple[ObjectVersion, ...], now: float) -> Told:
    """What should be gone; what a worker that knew nothing wrote later, a sweep takes at the latest."""
    stone = job.tombstone
    if is_erased(job) and stone is not None:
        swept_at = stone.at + SWEEPS_AFTER_S[-1]
        left = [one for one in versions if (stone.at if one.at <= stone.at else swept_at) < now - FORGOTTEN_S]
        if left:
            yield "objects_left", f"erased, and {_places(left)}"
        return
    if stone is not None and stone.at < now - FORGOTTEN_S:
        texts = [one for one in versions if one.key.startswith("transcripts/")]
        if texts:
            yield "objects_left", f"its transcript is over, and {_places(texts)}"
    yield from _sound_left(job, versions, now)


def _sound_left(job: Job, versions: tuple[ObjectVersion, ...], now: float) -> Told:
    """What can be heard or seen of the call longer than it may be; a page's part of it goes even if a revision runs."""
    removed = {audio_key(job.tenant, job.id): job.audio.removed_at, job.listening_prefix: job.listening_removed_at}
    over = [place for place, at in removed.items() if at is not None and at < now - FORGOTTEN_S]
    left = [one for one in versions if any(one.key.startswith(place) for place in over)]
    if left:
        yield "recording_left", f"its recording is over, and {_places(left)}"


def _places(versions: list[ObjectVersion]) -> str:
    """How many versions lie under which prefixes."""
    counted = Counter(version.key.split("/")[0] for version in versions)
    return ", ".join(f"{number} in {prefix}/" for prefix, number in sorted(counted.items()))
