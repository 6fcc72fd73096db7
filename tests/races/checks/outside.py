"""What the API says of every race once all is quiet."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from races.checks.verdicts import Violation
from races.front import Front
from races.progress import Progress
from races.racing import Raced

SIDE_BY_SIDE = 4
TRANSCRIPT = {"completed": (200, ""), "canceled": (409, "no_transcript"), "erased": (410, "erased")}
GONE = (
    ("GET", ""),
    ("GET", "/audio"),
    ("GET", "/peaks"),
    ("POST", "/cancel"),
    ("POST", "/retry"),
    ("POST", "/upload"),
    ("POST", "/upload/complete"),
)


def check(raced: list[Raced], front: Front, progress: Progress) -> list[Violation]:
    """Ask for every job and every transcript, on every path where an erased job must be gone; then list."""

    def ask(one: Raced) -> list[Violation]:
        progress.step()
        return [Violation(one.job_id, f"{one.race.kind}: {breach}") for breach in _breaches(one, front)]

    known = [one for one in raced if one.job_id]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = [violation for violations in pool.map(ask, known) for violation in violations]
    listed = Counter(job["id"] for job in front.pages("/jobs"))
    for one in known:
        if listed[one.job_id] != (not one.is_erased):
            found.append(Violation(one.job_id, f"{one.race.kind}: listed {listed[one.job_id]} times"))
        progress.step()
    return found


def log_of(webhook_id: str, front: Front) -> list[dict[str, Any]]:
    """The whole log of deliveries of an endpoint."""
    return front.pages(f"/webhooks/{webhook_id}/deliveries")


def _breaches(one: Raced, front: Front) -> list[str]:
    found = []
    answer = front.ask("GET", f"/jobs/{one.job_id}/transcript")
    if (answer.status, answer.code) != TRANSCRIPT[one.promised]:
        found.append(f"promised {one.promised}, and its transcript is answered {answer.status} {answer.code}")
    if not one.is_erased:
        job = front.ask("GET", f"/jobs/{one.job_id}").body
        if job.get("status") != one.promised:
            found.append(f"promised {one.promised}, and is shown {job.get('status')}")
        return found
    for method, path in GONE:
        answer = front.ask(method, f"/jobs/{one.job_id}{path}")
        if (answer.status, answer.code) != (410, "erased"):
            found.append(f"erased, and {method} {path or 'job'} is answered {answer.status} {answer.code}")
    return found
