"""The callers of a load run: a night of thousands in the batch lane, and live calls that come while it is worked off."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import httpx
from tenacity import Retrying, stop_after_attempt, wait_random_exponential

AT_ONCE = 8
TRIES = 6


@dataclass(slots=True)
class Sender:
    """Submits calls by reference to one recording, over the public API."""

    url: str
    key: str
    s3_uri: str
    refused: int = 0
    """How often a request was asked again, under the same key, as any client of ours would."""
    http: httpx.Client = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self.http = httpx.Client(trust_env=False, timeout=60.0, limits=limits)

    def submit(self, lane: str) -> str:
        """Submit one call; its id."""
        asked = {"audio": {"s3_uri": self.s3_uri}, "lane": lane, "options": {"language": "en"}}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"load-{next(self._numbers)}"}
        for attempt in Retrying(stop=stop_after_attempt(TRIES), wait=wait_random_exponential(max=5.0), reraise=True):
            with attempt:
                self.refused += attempt.retry_state.attempt_number > 1
                answer = self.http.post(f"{self.url}/v1/jobs", json=asked, headers=headers)
                answer.raise_for_status()
        return str(answer.json()["id"])

    def night(self, jobs: int, sign: Callable[[str], None]) -> list[str]:
        """Submit `jobs` calls of the batch lane as fast as they are taken."""
        done = count(1)

        def one(_: int) -> str:
            job_id = self.submit("batch")
            sign(f"{next(done):,} of {jobs:,} submitted")
            return job_id

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, range(jobs)))

    def day(self, jobs: int, every_s: float, stop: threading.Event) -> list[str]:
        """Submit live calls, one every `every_s` seconds, until there are `jobs` of them or `stop` is set."""
        sent: list[str] = []
        while len(sent) < jobs and not stop.wait(every_s):
            sent.append(self.submit("interactive"))
        return sent
