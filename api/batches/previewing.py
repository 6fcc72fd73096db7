"""What a batch would do, with nothing made: the same choice and the same judgement as where jobs are made."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from api.batches.items import Checked
from api.contract.batches import BatchPreview
from api.parts import Parts
from shared.batch import JobBatch
from shared.job import Job, Key, Row
from shared.protocol.batching.choosing import Match, find
from shared.protocol.drive import drive
from shared.protocol.intents import ReadRows
from shared.protocol.revising import Call, Plan, Verdict, judge, verdict_on

PAGE = 500
MOST_PAGES = 10_000
LOOKS_S = 20.0
"""The gateway waits 29 s. What is looked at until then is told: of more calls than that the figures are the least."""


@dataclass(slots=True)
class Tally:
    """What was counted so far, and the calls that have their revision already."""

    matched: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    audio_s: float = 0.0
    revised: set[str] = field(default_factory=set)

    def take(self, match: Match, verdict: Verdict) -> None:
        """Count one match, in the order in which jobs would be made."""
        self.matched += 1
        reason = "newer_revision" if match.first_id in self.revised else verdict.reason
        if reason is not None:
            self.skipped[reason] += 1
            return
        self.revised.add(match.first_id)
        self.audio_s += verdict.call.audio_s if verdict.call else 0.0


def preview(batch: JobBatch, checked: Checked, parts: Parts) -> BatchPreview:
    """Count what `batch` would make and leave out; calls that nobody has decoded yet add nothing to `audio_s`."""
    tally = Tally()
    for rejection in checked.rejected:
        tally.matched += 1
        tally.skipped[rejection.code] += 1
    tally.matched += sum(item.job_id is None for item in checked.items)
    plan = Plan(batch, is_named=batch.choice is None)
    until = parts.now() + LOOKS_S
    for page in _pages(batch, checked, parts):
        for match, verdict in zip(page, _verdicts(plan, page, parts), strict=True):
            tally.take(match, verdict)
        if parts.now() >= until:
            break
    jobs = tally.matched - tally.skipped.total()
    return BatchPreview(matched=tally.matched, skipped=dict(tally.skipped), jobs=jobs, audio_s=round(tally.audio_s, 3))


def _pages(batch: JobBatch, checked: Checked, parts: Parts) -> Iterator[tuple[Match, ...]]:
    if batch.choice is None:
        yield _named(batch, checked, parts)
        return
    position: str | None = None
    for _ in range(MOST_PAGES):
        page = drive(find(batch, position, PAGE), parts.world)
        yield page.matches
        position = page.position
        if position is None:
            return


def _named(batch: JobBatch, checked: Checked, parts: Parts) -> tuple[Match, ...]:
    keys = tuple(Key.of_job(batch.tenant, item.job_id) for item in checked.items if item.job_id is not None)
    rows: tuple[Row | None, ...] = parts.world.perform(ReadRows(keys)) if keys else ()
    return tuple(Match(str(row["id"]), str(row.get("revision_of") or row["id"])) for row in rows if row)


def _verdicts(plan: Plan, page: tuple[Match, ...], parts: Parts) -> Iterator[Verdict]:
    """Most calls have no revision: for them one read of many rows tells everything."""
    firsts = [Key.of_job(plan.batch.tenant, match.first_id) for match in page]
    seconds = [Key.of_revision(plan.batch.tenant, match.first_id, 2) for match in page]
    rows: tuple[Row | None, ...] = parts.world.perform(ReadRows((*firsts, *seconds))) if page else ()
    for match, first, second in zip(page, rows[: len(page)], rows[len(page) :], strict=True):
        if first is None or second is not None:
            yield drive(judge(plan, match.job_id, match.first_id, parts.now()), parts.world)
        else:
            call = Call(Job.model_validate(first), (), 1)
            yield verdict_on(plan, call, match.job_id, parts.now())
