"""What must hold of every job, whatever was killed; each breach by job, with what was seen."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.checks.seen import Seen

from shared.ids import event_id
from shared.job import Job, Status


@dataclass(frozen=True, slots=True)
class Expected:
    """How a job must stand in the end.

    Attributes:
        statuses: any of them.
        attempts: charged; None where that depends on who was faster.
        heard: how often the engine has heard the whole call; None as above.
        code: of the error, if it failed.
    """

    statuses: tuple[str, ...] = ("completed",)
    attempts: int | None = None
    heard: int | None = 1
    code: str | None = None


@dataclass(slots=True)
class Verdict:
    """What one wave came to; adds up."""

    kills: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    double_ids: int = 0
    duplicates: int = 0
    rework_s: float = 0.0
    resumed_s: list[float] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Take in what another wave came to."""
        self.kills += other.kills
        self.ends += other.ends
        self.lost += other.lost
        self.doubled += other.doubled
        self.double_ids += other.double_ids
        self.duplicates += other.duplicates
        self.rework_s += other.rework_s
        self.resumed_s += other.resumed_s
        self.breaches += other.breaches
        self.measured += other.measured


def judge(expected: Mapping[str, Expected], seen: Seen) -> Verdict:
    """Hold every job against what is promised."""
    verdict = Verdict(kills=sum(len(seen.noted(job_id, "sprung")) for job_id in expected))
    for job_id, wanted in expected.items():
        row = seen.rows.get(job_id)
        if row is None or not row.status.is_terminal:
            verdict.lost += 1
            verdict.breaches.append(f"{job_id}: lost, its row says {row.status if row else 'nothing'}")
            continue
        verdict.ends[row.status.value] += 1
        breaches = [*_ended(row, wanted), *_stored(row, seen), *_told(row, seen), *_held(row, wanted, seen)]
        verdict.breaches += [f"{job_id}: {breach}" for breach in breaches]
        _measure(verdict, row, seen)
    return verdict


def remainders(expected: Mapping[str, Expected], seen: Seen) -> list[str]:
    """What belongs to no job: messages that are left, events of nobody."""
    left = [f"{name} still holds {count} messages" for name, count in seen.left.items() if count]
    return left + [f"an event of {job_id}, which nobody knows" for job_id in seen.events if job_id not in expected]


def _measure(verdict: Verdict, row: Job, seen: Seen) -> None:
    heard = seen.noted(row.id, "heard")
    kept = 1 if row.status is Status.COMPLETED else 0
    verdict.rework_s += sum(note.said["engine_s"] for note in heard[kept:])
    transcripts = [one for one in seen.versions.get(row.id, []) if one.key.startswith("transcripts/")]
    verdict.doubled += len(transcripts) > 1
    times = Counter(event["id"] for event in seen.events.get(row.id, []))
    verdict.duplicates += sum(count - 1 for count in times.values())
    facts = {(event["sequence"], event["id"]) for event in seen.events.get(row.id, [])}
    verdict.double_ids += len(facts) > len({sequence for sequence, _ in facts})


def _ended(row: Job, wanted: Expected) -> Iterator[str]:
    """The row says how it ended, and that it was not charged more than it cost."""
    if row.status.value not in wanted.statuses:
        yield f"ended {row.status.value} ({row.error.code if row.error else '-'}), not {wanted.statuses}"
    if wanted.attempts is not None and row.attempts != wanted.attempts:
        yield f"charged {row.attempts} attempts, not {wanted.attempts}"
    if wanted.code and (row.error is None or row.error.code != wanted.code):
        yield f"failed with {row.error.code if row.error else None}, not {wanted.code}"


def _stored(row: Job, seen: Seen) -> Iterator[str]:
    """One transcript, written once, the one that the row points to."""
    for key, times in Counter(version.key for version in seen.versions.get(row.id, [])).items():
        if times > 1:
            yield f"{times} versions of {key}"
    etags = [one.etag for one in seen.versions.get(row.id, []) if one.key == row.transcript_key]
    pointed = [row.result.etag] if row.result else []
    if row.status is Status.COMPLETED and etags != pointed:
        yield f"transcripts {etags}, and its row points to {pointed}"
    # Who failed or was canceled may be tried again, and goes on from there.
    is_done = row.checkpoint and row.status is Status.COMPLETED
    if is_done and any(one.key.startswith("work/") for one in seen.versions.get(row.id, [])):
        yield "its checkpoints are still there"
    if row.tombstone is not None and seen.versions.get(row.id):
        yield f"erased, and {[one.key for one in seen.versions[row.id]]} is there"


def _told(row: Job, seen: Seen) -> Iterator[str]:
    """One event for each end, numbered without a gap, its id that of the fact, told after the row said so."""
    outbox = {int(number): entry for number, entry in row.outbox.items()}
    if sorted(outbox) != list(range(1, row.sequence + 1)):
        yield f"its events are numbered {sorted(outbox)}, the last is {row.sequence}"
    untold = [number for number, entry in outbox.items() if entry.state != "published"]
    if untold:
        yield f"events {untold} are not told"
    heard = seen.events.get(row.id, [])
    for number, entry in outbox.items():
        yield from _told_alike(row, number, entry.id, [event for event in heard if event["sequence"] == number])
    if any(event["sequence"] not in outbox for event in heard):
        yield "an event was told of something that its row does not know"
    yield from _in_order(row, seen)


def _told_alike(row: Job, number: int, entry_id: str, told: list[dict[str, Any]]) -> Iterator[str]:
    """One event: heard, under its own id, and in the same words each time."""
    # What is told again after an erasure says less: what it pointed to is gone.
    differ = row.tombstone is None and any(event != told[0] for event in told)
    if not told or differ:
        yield f"event {number} was told {len(told)} times, in {len({str(event) for event in told})} ways"
    if entry_id != event_id(row.id, number) or any(event["id"] != entry_id for event in told):
        yield f"event {number} bears a foreign id"


def _in_order(row: Job, seen: Seen) -> Iterator[str]:
    """No event before its row said so; no message deleted before all was told."""
    ends = {note.said["sequence"]: note.at for note in reversed(seen.noted(row.id, "ending"))}
    for note in seen.noted(row.id, "publishing"):
        if note.said["sequence"] in ends and note.at < ends[note.said["sequence"]]:
            yield f"event {note.said['sequence']} was told before its row said so"
    if any(not note.said["may"] for note in seen.noted(row.id, "deleting")):
        yield "its message was deleted before its row had ended and all was told"


def _held(row: Job, wanted: Expected, seen: Seen) -> Iterator[str]:
    """Every claim had a number of its own, in order, and the engine heard the call no oftener than it must."""
    fences = [note.said["fence"] for note in seen.noted(row.id, "claimed")]
    if sorted(fences) != fences or len(set(fences)) != len(fences) or row.fence < len(fences):
        yield f"claimed as {fences}, and its row counts {row.fence}"
    heard = len(seen.noted(row.id, "heard"))
    if wanted.heard is not None and heard != wanted.heard:
        yield f"heard {heard} times in full, not {wanted.heard}"
