"""What must hold of every race, whoever was faster; each breach by job, with what was seen."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from races.checks.inside import Seen
from races.racing import Raced
from races.receiver import Heard

from shared.ids import event_id

ALLOWED = {"cancel": {200, 409, 410}, "retry": {202, 409, 410}, "erase": {202}, "end": {200}}


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken."""

    subject: str
    seen: str


def judge_race(raced: Raced, seen: Seen) -> list[Violation]:
    """The answers to the strikes, and the row and objects that they left."""
    if not raced.job_id:
        return [Violation(raced.race.canary, f"submit was answered {raced.submitted.status} {raced.submitted.body}")]
    breaches = [*_answered(raced), *_stands(raced, seen), *_numbered(raced, seen), *_stored(raced, seen)]
    return [Violation(raced.job_id, f"{raced.race.kind}: {breach}") for breach in breaches]


def judge_erased(raced: list[Raced], seen: Seen, when: str = "") -> list[Violation]:
    """Nothing of an erased job is left: no version of any object, no word that its caller said of it."""
    found = []
    for one in raced:
        if one.is_erased:
            objects = [version.key for version in seen.versions.get(one.job_id, ())]
            places = seen.canaries.get(one.race.canary, [])
            found += [Violation(one.job_id, f"{one.race.kind}: {when}object {key} is there") for key in objects]
            found += [Violation(one.job_id, f"{one.race.kind}: {when}its words stand in {place}") for place in places]
    return found


def judge_heard(raced: list[Raced], seen: Seen, heard: list[Heard], log: list[dict[str, Any]]) -> list[Violation]:
    """Every event of every job reached the receiver, and the log of deliveries says so."""
    times = Counter(one.event_id for one in heard)
    delivered = {entry["event_id"] for entry in log if entry["status"] == "delivered"}
    found = [*_told_alike(heard), *_logged_once(log)]
    for one in raced:
        for number, kind in _told_of(one, seen):
            name = event_id(one.job_id, number)
            if not times[name] or name not in delivered:
                logged = "delivered" if name in delivered else "not delivered"
                found.append(Violation(one.job_id, f"{one.race.kind}: {kind} heard {times[name]} times, {logged}"))
    return found


def _told_alike(heard: list[Heard]) -> Iterator[Violation]:
    """The same fact bears the same id and is told in the same words, however often it comes; all is signed."""
    bodies, ids = defaultdict(set), defaultdict(set)
    for one in heard:
        bodies[one.event_id].add(one.body)
        ids[one.event["data"].get("job_id"), one.event["sequence"]].add(one.event_id)
    for event in (one.event_id for one in heard if not one.is_genuine):
        yield Violation(event, "its signature is not ours")
    for event in (event for event, said in bodies.items() if len(said) > 1):
        yield Violation(event, f"told in {len(bodies[event])} ways")
    for job_id, number in (fact for fact, named in ids.items() if len(named) > 1):
        yield Violation(str(job_id), f"event {number} bore {ids[job_id, number]}")


def _logged_once(log: list[dict[str, Any]]) -> Iterator[Violation]:
    for event, times in Counter(entry["event_id"] for entry in log).items():
        if times > 1:
            yield Violation(event, f"stands {times} times in the log of deliveries")


def _told_of(raced: Raced, seen: Seen) -> Iterator[tuple[int, str]]:
    """The events that must have come: all of a job that is still there, else the one that tells of its erasure."""
    for number, entry in seen.rows.get(raced.job_id, {}).get("outbox", {}).items():
        if entry["type"] == "job.erased" or not raced.is_erased:
            yield int(number), entry["type"]


def _answered(raced: Raced) -> Iterator[str]:
    erases = any(action == "erase" for action, _ in raced.taken)
    for action, answer in raced.taken:
        if answer.status not in ALLOWED[action] or (answer.status == 410 and not erases):
            yield f"{action} was answered {answer.status} {answer.code}"
    receipts = {answer.body.get("id") for action, answer in raced.taken if action == "erase"}
    if len(receipts) > 1:
        yield f"two receipts of one erasure: {receipts}"
    for step, answers in zip(raced.race.steps, raced.answers, strict=True):
        if step.actions == ("retry", "retry") and sum(answer.status == 202 for answer in answers) > 1:
            yield "two retries at once were both taken"


def _stands(raced: Raced, seen: Seen) -> Iterator[str]:
    """The row says what the callers were told."""
    row = seen.rows.get(raced.job_id)
    if row is None:
        yield "it has no row"
        return
    if raced.outcome != raced.promised:
        yield f"it stands {raced.outcome}, and was promised to be {raced.promised}"
    if raced.is_erased and ("tombstone" not in row or row["status"] not in ("completed", "failed", "canceled")):
        yield f"erased, and its row says {row['status']}, tombstone {row.get('tombstone')}"
    if not raced.is_erased and row["status"] != raced.promised:
        yield f"its row says {row['status']}, and it was promised to be {raced.promised}"


def _numbered(raced: Raced, seen: Seen) -> Iterator[str]:
    """One event for each end and for the erasure, numbered without a gap, each with its own id, all told."""
    row = seen.rows.get(raced.job_id, {})
    outbox = {int(number): entry for number, entry in row.get("outbox", {}).items()}
    if sorted(outbox) != list(range(1, int(row.get("sequence", 0)) + 1)):
        yield f"its events are numbered {sorted(outbox)}, the last is {row.get('sequence')}"
    wrong = [number for number, entry in outbox.items() if entry["id"] != event_id(raced.job_id, number)]
    untold = [number for number, entry in outbox.items() if entry["state"] != "published"]
    if wrong or untold:
        yield f"events {wrong} bear a foreign id, events {untold} are not told"
    types = [outbox[number]["type"].removeprefix("job.") for number in sorted(outbox)]
    ends = ["canceled"] * raced.cancels + ["completed"] * types.count("completed") + ["erased"] * raced.is_erased
    completed = 1 if raced.promised == "completed" else 0
    if types != ends or types.count("completed") > 1 or (not raced.is_erased and types.count("completed") != completed):
        yield f"its events are {types}, after {raced.cancels} cancels, promised {raced.promised}"


def _stored(raced: Raced, seen: Seen) -> Iterator[str]:
    """Every object was written once; a completed job points to its one transcript."""
    if raced.is_erased:
        return
    versions = seen.versions.get(raced.job_id, [])
    for key, times in Counter(version.key for version in versions).items():
        if times > 1:
            yield f"{times} versions of {key}"
    if raced.promised == "completed":
        etags = [version.etag for version in versions if version.key.startswith("transcripts/")]
        row = seen.rows.get(raced.job_id, {})
        if [etag.strip('"') for etag in etags if etag] != [str(row.get("result", {}).get("etag", "")).strip('"')]:
            yield f"transcripts {etags}, and its row points to {row.get('result')}"
