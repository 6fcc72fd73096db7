"""Services and disks that are not there for a while: nothing is lost for it, and nothing is charged."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

from chaos.checks.verdict import Expected, Verdict
from chaos.journal import Journal
from chaos.place import Place, clients_at
from chaos.processes import until
from chaos.roles.healing import Healing
from chaos.roles.working import Working, work
from chaos.seeding import queued, recording
from chaos.wave import Wave
from strict.proxy import FaultProxy, Mode

JOBS = 12
AWAY_S = 10.0
MINUTES_AHEAD_S = 125.0
LONG_CALL_S = 100.0
FULL_BYTES = 1_000_000
NOWHERE = ("topic_arn", "arn:aws:sns:eu-central-1:123456789012:nowhere")
GIVES_UP_S = 40.0


def away(wave: Wave, mode: Mode, away_s: float = AWAY_S) -> Verdict:
    """The network between worker and AWS fails for a while: the worker lives, and goes on when it is back."""
    wave.expect(queued(wave.place, JOBS), Expected(heard=None))
    with _behind_proxy(wave) as (switch, place):
        wave.family.start(work_there, place, wave.journal, Working(neighbours=3, engine_s=2.0))
        wave.noted("hearing", 3)
        switch.send(mode)
        began = time.monotonic()
        until(lambda: time.monotonic() - began > away_s, away_s + 1.0)
        switch.send("pass")
        back = time.monotonic()
        is_quiet = wave.await_quiet()
        took_s = time.monotonic() - back
        deaths = wave.family.ended
    verdict = wave.verdict("" if is_quiet else "it never became quiet", f"ended with {deaths}" if deaths else "")
    failed = [note.what for kind in ("heartbeat_failed", "poll_failed") for note in wave.journal.notes(kind)]
    verdict.measured.append(f"away {away_s:.0f} s, all done {took_s:.0f} s later, {len(failed)} failures told")
    return verdict


def work_there(place: Place, journal: Journal, how: Working) -> None:
    """Be a worker whose AWS is behind a proxy."""
    work(replace(place, clients=clients_at(place.endpoint)), journal, how)


def topic_gone(wave: Wave) -> Verdict:
    """SNS refuses everything: all calls complete, are told later, under the same ids, and only then are deleted."""
    wave.expect(queued(wave.place, JOBS), Expected(attempts=1))
    wave.family.start(work, wave.place, wave.journal, Working(neighbours=5, changed=(NOWHERE,)))
    are_done = until(lambda: all(row.status.is_terminal for row in wave.rows().values()), GIVES_UP_S, 0.5)
    told = len(wave.place.events())
    wave.family.stop(GIVES_UP_S)
    wave.heal(Healing(ahead_s=MINUTES_AHEAD_S))
    is_quiet = wave.await_quiet()
    return wave.verdict(
        "" if are_done else "not completed without a topic",
        f"{told} events told without a topic" if told else "",
        "" if is_quiet else "it never became quiet",
    )


def disk_full(wave: Wave) -> Verdict:
    """A worker that cannot write the recordings hands them back uncharged, and lives."""
    jobs = queued(wave.place, 4, body=recording(LONG_CALL_S))
    wave.expect(jobs, Expected(attempts=1))
    wave.family.start(work, wave.place, wave.journal, Working(neighbours=3, file_bytes=FULL_BYTES))
    wave.noted("released", len(jobs))
    lives = wave.family.reap() == 1
    charged = [row.id for row in wave.rows().values() if row.attempts]
    codes = wave.family.stop(GIVES_UP_S)
    wave.heal()
    is_quiet = wave.await_quiet()
    return wave.verdict(
        "" if lives else f"the worker ended with {wave.family.ended}",
        f"charged for a full disk: {charged}" if charged else "",
        f"exit codes {codes}" if codes != [0] else "",
        "" if is_quiet else "it never became quiet",
    )


@contextmanager
def _behind_proxy(wave: Wave) -> Iterator[tuple[Connection, Place]]:
    """The place as it looks through a proxy, and the switch of that proxy, which runs in a process of its own."""
    ours, theirs = Pipe()
    wave.family.start(_proxy, wave.place, theirs)
    url: Any = ours.recv()
    yield ours, replace(wave.place, endpoint=url)


def _proxy(place: Place, switch: Connection) -> None:
    with FaultProxy(target_port=urlsplit(place.endpoint).port or 0) as proxy:
        switch.send(proxy.url)
        for mode in iter(switch.recv, "end"):
            proxy.mode = mode
