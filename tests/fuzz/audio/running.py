"""A run of mutants over all cores, with what it found at its end."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from fuzz.audio.batches import Batches
from fuzz.audio.real import decoder
from fuzz.audio.seeds import seeds
from fuzz.audio.slices import Slice, Tally, run_slice, slices
from fuzz.keeping import keep

SLICE = 200
MEGABYTE = 1_000_000
_SEEDS: dict[str, bytes] = {}


@dataclass(frozen=True)
class Plan:
    """How many mutants, by which seed, in how many processes; each `real_every`-th alone through the real decoder."""

    files: int
    seed: int
    side_by_side: int
    real_every: int = 10


def mutate(plan: Plan) -> bool:
    """Decode mutants and say what became of them; whether nothing was found."""
    print(f"\naudio: {plan.files:,} mutants, seed {plan.seed}, isolation {decoder().isolation}", flush=True)
    began, told_s, tally = time.monotonic(), 0.0, Tally()
    with _pool(plan) as pool:
        for done in as_completed(pool.submit(_one, part) for part in _parts(plan)):
            tally.add(done.result())
            took_s = time.monotonic() - began
            if took_s - told_s > 30:
                told_s = took_s
                print(f"  {tally.files:,} in {took_s:.0f} s, {len(tally.findings)} findings", flush=True)
    _report(tally, time.monotonic() - began)
    return not tally.findings and not tally.disagreed


def _parts(plan: Plan) -> list[Slice]:
    return slices(plan.seed, plan.files, SLICE, plan.real_every)


def _pool(plan: Plan) -> ProcessPoolExecutor:
    """Processes that begin anew: each has warm processes of its own."""
    made: Mapping[str, bytes] = seeds()
    return ProcessPoolExecutor(plan.side_by_side, get_context("spawn"), _plant, (made,))


def _plant(made: Mapping[str, bytes]) -> None:
    _SEEDS.update(made)


@cache
def _batches() -> Batches:
    return Batches()


def _one(part: Slice) -> Tally:
    return run_slice(_SEEDS, part, _batches())


def _report(tally: Tally, took_s: float) -> None:
    for outcome, count in tally.outcomes.most_common():
        print(f"  {outcome:<26}{count:>10,}")
    print(
        f"  {tally.files:,} files in {took_s:.0f} s, {tally.files / took_s:.0f} a second; {tally.real:,} of them alone"
    )
    print(
        f"  alone at most {tally.most_cpu_s:.1f} s of CPU, {tally.most_wall_s:.1f} s, {tally.most_bytes / MEGABYTE:.0f} MB"
    )
    print(f"  processes that died: {sum(tally.deaths.values())}, by status {dict(tally.deaths)}")
    for line in tally.died:
        print(f"  died: {line}")
    for line in tally.disagreed:
        print(f"  another verdict alone: {line}")
    for found in tally.findings:
        path = keep("audio", found.data)
        print(f"  FOUND {found.seed}/{found.number} {', '.join(found.faults)}: {path}")


def cores() -> int:
    return os.cpu_count() or 1
