"""`make races`: cancels, retries and erasures raced against the real worker, then every promise looked up.

A local stack of its own is started: emulator, API, one worker. What was promised is judged from outside, by HTTP and
at a webhook receiver, and from inside, in the table, the bucket and the queues; ten seconds later once more, because
what was erased must not come back. Then fifty callers share one Idempotency-Key, and endpoints misbehave. A seed gives
the same races in the same order, as far as real time allows.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from races.checks import fifty, matrix, outside
from races.checks.inside import Inside
from races.checks.verdicts import Violation, judge_erased, judge_heard, judge_race
from races.local import Local, served
from races.progress import Progress
from races.racing import Raced, Racing
from races.receiver import Receiver
from races.schedule import KINDS, schedule

COMES_BACK_S = 10.0
"""So long after the first look, what was erased is looked for again."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="make races", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--races", type=int, default=1_000, help="jobs to race")
    asked.add_argument("--seed", type=int, default=1, help="which races, and when each strikes")
    asked.add_argument("--at-once", type=int, default=5, help="races at a time; more only queue up")
    asked.add_argument("--only", choices=list(KINDS), help="of these races only those of one kind")
    options = asked.parse_args()
    began = time.monotonic()
    progress = Progress()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as local, progress.shown():
        raced, violations = race(local, options, progress)
        progress.phase("one Idempotency-Key, fifty callers", 2)
        violations += fifty.check(local, progress)
        progress.phase("endpoints that misbehave: events heard", matrix.EVENTS * len(matrix.HEAR_ALL))
        violations += matrix.check(local, progress)
    report(raced, violations, time.monotonic() - began)
    return 1 if violations else 0


def race(local: Local, options: argparse.Namespace, progress: Progress) -> tuple[list[Raced], list[Violation]]:
    """Race, wait until all is quiet, and judge."""
    front, inside = local.front("local"), Inside.of(local)
    with Receiver() as receiver:
        webhook = receiver.register(front)
        racing = Racing(front, options.at_once, progress)
        races = [one for one in schedule(options.races, options.seed) if options.only in (None, one.kind)]
        progress.phase("races", len(races))
        raced = racing.run(races)
        progress.phase("messages left in the queues, at first", sum(inside.queued().values()))
        left = inside.drained(progress)
        progress.phase("jobs judged", 3 * len(raced))
        violations = judge(raced, inside, progress)
        violations += [Violation("queues", f"{name} still holds {count} messages") for name, count in left.items()]
        violations += outside.check(raced, front, progress)
        violations += judge_heard(raced, inside.look(), receiver.heard(), outside.log_of(webhook, front))
        progress.phase("seconds until the second look", int(COMES_BACK_S))
        progress.rest(COMES_BACK_S)
        violations += judge_erased(raced, inside.look(), "later ")
    return raced, violations


def judge(raced: list[Raced], inside: Inside, progress: Progress) -> list[Violation]:
    """What the table and the bucket say of each race."""
    seen = inside.look()
    found = judge_erased(raced, seen)
    for one in raced:
        found += judge_race(one, seen)
        progress.step()
    return found


def report(raced: list[Raced], violations: list[Violation], took_s: float) -> None:
    """Races by kind with what came of them, then every violation."""
    outcomes = Counter((one.race.kind, one.outcome) for one in raced)
    names = sorted({outcome for _, outcome in outcomes})
    print(f"\n{'races':<32}" + "".join(f"{name:>18}" for name in names))
    for kind in KINDS:
        print(f"{kind:<32}" + "".join(f"{outcomes[kind, name] or '':>18}" for name in names))
    struck = Counter(place for one in raced for place in one.struck)
    print("\nstruck while: " + ", ".join(f"{place} {count:,}" for place, count in struck.most_common()))
    print(f"{len(raced):,} races in {took_s:.0f} s, {len(violations)} violations")
    for violation in violations:
        print(f"VIOLATION {violation.subject}: {violation.seen}")


if __name__ == "__main__":
    sys.exit(main())
