"""Endpoints that are down, slow, in error, gone, or send elsewhere: no event is lost for them or for the others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from races.checks.outside import log_of
from races.checks.verdicts import Violation
from races.front import Front
from races.local import Local
from races.progress import Progress
from races.receiver import WELL, Receiver, Reply
from races.schedule import QUIET, wav

from api.cli.processes import free_port

EVENTS = 4
HEARD_S = 150
SLOW_S = 20.0
SOON_S = 30.0
"""An attempt that is due later is not waited for: the event is sent again by hand, under the same id."""
HEAR_ALL = ("well", "down", "slow", "in error")
"""The endpoints that every event must reach in the end."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver and the id of the webhook that leads to it."""

    receiver: Receiver
    webhook_id: str

    @property
    def ids(self) -> set[str]:
        return {one.event_id for one in self.receiver.heard()}


def check(local: Local, progress: Progress) -> list[Violation]:
    """Let a few calls end before all of them, then see who heard of what."""
    front, never = local.front("receivers"), threading.Event()
    with ExitStack() as open_now, Receiver() as trap:
        behaviours: dict[str, Callable[[int], Reply]] = {
            "well": lambda _times: WELL,
            "slow": lambda times: WELL if times else _late(never),
            "in error": lambda times: WELL if times else (500, {}),
            "gone": lambda _times: (410, {}),
            "elsewhere": lambda _times: (301, {"location": trap.url}),
        }
        endpoints = {name: _endpoint(open_now.enter_context(Receiver(how)), front) for name, how in behaviours.items()}
        port = free_port()
        down = front.ask("POST", "/webhooks", json={"url": f"http://127.0.0.1:{port}/hook"}).body
        jobs = [front.submit(wav(QUIET * 8_000), f"matrix-{n}").body["id"] for n in range(EVENTS)]
        _until(lambda: sum(bool(entry["attempts"]) for entry in log_of(down["id"], front)) == EVENTS, never)
        late = open_now.enter_context(Receiver(port=port))
        late.secret = down["secret"]
        endpoints["down"] = Endpoint(late, down["id"])
        _until(lambda: _all_heard(endpoints, front, progress), never)
        return list(_breaches(endpoints, jobs, front)) + [
            Violation("elsewhere", f"its redirect was followed: {one.event_id}") for one in trap.heard()
        ]


def _endpoint(receiver: Receiver, front: Front) -> Endpoint:
    return Endpoint(receiver, receiver.register(front))


def _late(never: threading.Event) -> Reply:
    never.wait(SLOW_S)
    return WELL


def _until(is_so: Callable[[], bool], never: threading.Event) -> None:
    """Look every second, at most so long; what is missing then is found missing by whoever judges."""
    for _ in range(HEARD_S):
        if is_so():
            return
        never.wait(1.0)


def _all_heard(endpoints: dict[str, Endpoint], front: Front, progress: Progress) -> bool:
    """Whether the log of each endpoint is done; what waits long is sent again."""
    progress.step(sum(len(endpoints[name].ids) for name in HEAR_ALL))
    logged = [entry for name in HEAR_ALL for entry in log_of(endpoints[name].webhook_id, front)]
    waiting = [entry for entry in logged if entry["status"] == "pending"]
    for entry in filter(_is_far, waiting):
        front.ask("POST", f"/webhooks/{entry['webhook_id']}/deliveries/{entry['id']}/redeliver")
    return not waiting and len(logged) == EVENTS * len(HEAR_ALL)


def _is_far(entry: dict[str, Any]) -> bool:
    rest = datetime.fromisoformat(entry["next_attempt_at"]) - datetime.now(UTC)  # noqa: TID251 - real processes
    return rest.total_seconds() > SOON_S


def _breaches(endpoints: dict[str, Endpoint], jobs: list[str], front: Front) -> Iterator[Violation]:
    told = {one.event["data"]["job_id"] for one in endpoints["well"].receiver.heard()}
    if told != set(jobs):
        yield Violation("well", f"heard of {sorted(told)}, and the calls were {sorted(jobs)}")
    for name, endpoint in endpoints.items():
        yield from _unlike(name, endpoint, endpoints["well"].ids, front)
    if not endpoints["elsewhere"].ids:
        yield Violation("elsewhere", "was never tried")
    gone = front.ask("GET", f"/webhooks/{endpoints['gone'].webhook_id}").body["status"]
    if gone != "disabled":
        yield Violation("gone", f"answered 410 and is {gone}")


def _unlike(name: str, endpoint: Endpoint, ids: set[str], front: Front) -> Iterator[Violation]:
    """Where one endpoint was told something else than the one that is well."""
    states = sorted({entry["status"] for entry in log_of(endpoint.webhook_id, front)})
    if name in HEAR_ALL and (endpoint.ids != ids or states != ["delivered"]):
        yield Violation(name, f"heard {len(endpoint.ids)} of {len(ids)} events, its log says {states}")
    if any(not one.is_genuine or one.event["id"] != one.event_id for one in endpoint.receiver.heard()):
        yield Violation(name, "heard an event whose signature or id is not ours")
