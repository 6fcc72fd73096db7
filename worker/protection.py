"""Scale-in protection: while this worker holds a job, ECS is asked to stop others first. Outside of ECS there is none.

What cannot be set or cleared is told and tried again; no job waits for it longer than the limit, and none fails of it.
"""

import http.client
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from shared.observe import Observer

MINUTES: Final = 90
"""Longer than any call takes; a worker that hangs is not spared for ever."""
RENEW_S: Final = 3_600.0
AGAIN_S: Final = 60.0
"""So soon after a failure it is tried again, where no other edge comes before."""
LIMIT_S: Final = 5.0
_WAITS: Final = 2
"""One for the connection, one for the answer."""
_WORD: Final = re.compile("[A-Z_]{1,64}")
PATH: Final = "/task-protection/v1/state"


@dataclass(slots=True)
class Protection:
    """Follows whether the worker is busy.

    Attributes:
        agent: where ECS listens to its tasks, `ECS_AGENT_URI`; None: nobody is asked.
        is_busy: whether a job is held now.
        now_s: monotonic seconds.
        observer: learns of what failed.
        limit_s: the longest that one request may take.
    """

    agent: str | None
    is_busy: Callable[[], bool]
    now_s: Callable[[], float]
    observer: Observer
    limit_s: float = LIMIT_S
    _is_on: bool = False
    _due_s: float = 0.0
    _has_failed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, *, at_edge: bool = False) -> None:
        """Ask for what holds now, where it differs from what was asked last, or that is an hour old.

        Whoever comes second looks again: of two edges at once the later state wins.
        """
        if self.agent is None:
            return
        with self._lock:
            wanted, is_due = self.is_busy(), self.now_s() >= self._due_s
            has_news = wanted != self._is_on and (at_edge or is_due or not self._has_failed)
            if has_news or (wanted and is_due):
                self._ask(wanted=wanted)

    def _ask(self, *, wanted: bool) -> None:
        assert self.agent is not None, "somebody is to be asked"
        code = _refusal(self.agent, {"ProtectionEnabled": wanted, **({"ExpiresInMinutes": MINUTES} if wanted else {})},
                        self.limit_s)  # fmt: skip
        self._has_failed = code is not None
        self._due_s = self.now_s() + (RENEW_S if code is None else AGAIN_S)
        if code is None:
            self._is_on = wanted
        else:
            self.observer.tell("protection_failed", busy=int(wanted), code=code)


def _refusal(agent: str, body: dict[str, bool | int], limit_s: float) -> str | None:
    """Put the state; None if it was taken, else a word for what went wrong."""
    parts = urlsplit(agent)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=limit_s / _WAITS)
    try:
        connection.request("PUT", parts.path + PATH, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__
    finally:
        connection.close()
    if answer.status == http.client.OK and isinstance(told, dict) and "protection" in told:
        return None
    return _reason(told) or f"http_{answer.status}"


def _reason(told: object) -> str | None:
    """The agent's own word, `DEPLOYMENT_BLOCKED` say, if it is one."""
    problem = (told.get("failure") or told.get("error") or {}) if isinstance(told, dict) else {}
    word = str(problem.get("Reason") or problem.get("Code") or "") if isinstance(problem, dict) else ""
    return word if _WORD.fullmatch(word) else None
