"""P1, P3 and P4: calls through the whole worker, and through others, on the modelled L4; ours and theirs in turn."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks import peers
from benchmarks.calls import Recorded
from benchmarks.engines import models
from benchmarks.engines.cost import MODELLED_H100, MODELLED_L4, Cost
from benchmarks.engines.using import Use, after_first, steady, use
from benchmarks.fleet import Drained, Fleet
from benchmarks.goals import Figure, differ
from benchmarks.peers import NaiveLoop, Ran
from benchmarks.setting import Bench

COST = MODELLED_L4
UNBATCHED_SHARE, NAIVE_SHARE = 4, 3
"""One part in so many of a mix: both work call by call, so their time is a sum and a part tells it."""
WITH_OTHERS = "6min"

Says = Callable[[str], None]
Rates = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One repeat: ours and the batched pipeline, over the same calls."""

    ours: Drained
    theirs: Ran

    @property
    def windows(self) -> int:
        """Windows of ours, those that were heard again among them."""
        return sum(batch.rows for batch in self.ours.batches)

    @property
    def steady(self) -> Use:
        """How our engine was used while it had a backlog."""
        return use(steady(self.ours.batches, COST.full_rows), COST)

    @property
    def from_second(self) -> Use:
        """The same from the second batch of all on, the filling of an empty worker included."""
        return use(after_first(self.ours.batches), COST)

    @property
    def our_rate(self) -> float:
        """Call-seconds a second of our steady part."""
        return self.ours.call_s / self.windows * self.steady.rows / self.steady.seconds

    @property
    def ratio(self) -> float:
        """How many times faster our steady part is than the pipeline, which has neither start nor end."""
        return self.our_rate * self.theirs.wall_s / self.theirs.call_s

    @property
    def whole_ratio(self) -> float:
        """The same over our whole run, from the empty worker to the last receipt."""
        return self.ours.call_s / self.ours.wall_s * self.theirs.wall_s / self.theirs.call_s

    @property
    def limit(self) -> float:
        """The most that the ratio could be: the pipeline's own CPU and engine time, over our windows in full batches."""
        theirs = (self.theirs.cpu_s + self.theirs.engine_s()) / self.theirs.call_s
        return theirs / (COST.best_s(self.windows) / self.ours.call_s)


def measure(bench: Bench, mean_s: int, budget_s: float) -> Iterator[Figure]:
    """Run a mix through both sides, A B A B."""
    name, calls = f"{mean_s // 60}min", bench.mix(mean_s)
    model, network = models.modelled(COST)
    fleet, pipeline = Fleet(model, network, COST.full_rows, max(1, cores() - 1)), peers.batched(model.whisper)
    pairs: list[Pair] = []
    with bench.sign.row(f"P1 P3 P4 {name}", budget_s) as sign:
        for place in range(bench.sizes.repeats):
            at = f"pair {place + 1} of {bench.sizes.repeats}"
            ours = fleet.drain([*calls] * bench.sizes.times[mean_s], partial(_say, sign, f"{at}, ours"))
            pairs.append(Pair(ours, peers.timed(pipeline, calls, network, partial(_say, sign, f"{at}, pipeline"))))
        others = _others(bench, calls, fleet, sign) if name == WITH_OTHERS else {}
    yield from _figures(name, pairs, others)


def on_h100(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """P1 with a device so fast that a small machine shows nothing but its front end."""
    cost = MODELLED_H100
    model, network = models.modelled(cost)
    with bench.sign.row("P1 modelled H100", budget_s) as sign:
        ours = Fleet(model, network, cost.full_rows, max(1, cores() - 1)).drain(bench.mix(360), sign)
    call_rate, front = ours.call_s / ours.wall_s, ours.call_s / ours.cpu_s
    note = f"{call_rate:.0f} call-seconds a second on {cores()} cores; {front:.0f} for each CPU second"
    yield Figure("P1-H100", [use(steady(ours.batches, cost.full_rows), cost).efficiency], cost.name, note=note)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def _say(sign: Says, who: str, words: str) -> None:
    sign(f"{who}: {words}")


def _others(bench: Bench, calls: Sequence[Recorded], fleet: Fleet, sign: Says) -> dict[str, list[float]]:
    """Call-seconds a second of the two other peers, each over a part of the calls."""
    whisper, told = fleet.model.whisper, bench.stack.environment
    loop = NaiveLoop.beside(peers.batched(whisper), told["CALLSCRIBE_BUCKET"], told["CALLSCRIBE_TOPIC_ARN"])
    few, fewer = calls[::NAIVE_SHARE], calls[::UNBATCHED_SHARE]
    loop.fill(few)
    naive = loop.run(few, fleet.network, partial(_say, sign, "boto3 loop"))
    alone = peers.timed(peers.unbatched(whisper), fewer, fleet.network, partial(_say, sign, "unbatched"))
    return {"boto3 loop": [naive.call_s / naive.wall_s], "unbatched": [alone.call_s / alone.wall_s]}


def _figures(name: str, pairs: Sequence[Pair], others: Rates) -> Iterator[Figure]:
    uses = [pair.steady for pair in pairs]
    rates: dict[str, Sequence[float]] = {
        "ours": [pair.our_rate for pair in pairs],
        "batched pipeline": [pair.theirs.call_s / pair.theirs.wall_s for pair in pairs],
        **others,
    }
    told = _beside(pairs, rates)
    if name == WITH_OTHERS:
        whole = COST.best_s(pairs[-1].windows) / pairs[-1].ours.wall_s
        note = (
            f"{uses[-1].batches} batches of the backlog; from the second batch of all "
            f"{median(pair.from_second.efficiency for pair in pairs):.3f}, whole run {whole:.3f}"
        )
        yield Figure(
            "P1", [one.efficiency for one in uses], COST.name, note=note, beside=told | _timeline(pairs[-1].ours)
        )
    if name != "1min":
        occupancy = median(pair.from_second.occupancy for pair in pairs)
        note = f"{uses[-1].rows} rows of the backlog; from the second batch of all {occupancy:.3f}"
        yield Figure(f"P3-{name}", [one.occupancy for one in uses], COST.name, note=note)
    limit = median(pair.limit for pair in pairs)
    yield Figure(f"P4-{name}", [pair.ratio for pair in pairs], COST.name, limit, _note(pairs, rates), told)


def _note(pairs: Sequence[Pair], rates: Rates) -> str:
    ours = median(rates["ours"])
    words = [
        f"{pairs[0].ours.call_s / 3600:.2f} call-hours for ours, {pairs[0].theirs.call_s / 3600:.2f} for theirs; whole run {median(pair.whole_ratio for pair in pairs):.2f}",
        *(f"/ {peer} {ours / median(rates[peer]):.2f}" for peer in ("unbatched", "boto3 loop") if peer in rates),
    ]
    is_apart = differ(rates["ours"], rates["batched pipeline"])
    return "; ".join(words if is_apart else ["no difference", *words])


def _beside(pairs: Sequence[Pair], rates: Rates) -> dict[str, object]:
    last = pairs[-1]
    return {
        "call_seconds_per_second": dict(rates),
        "our_call_s": last.ours.call_s,
        "pipeline_call_s": last.theirs.call_s,
        "our_windows": last.windows,
        "our_batches": [batch.rows for batch in last.ours.batches],
        "pipeline_batches": [batch.rows for batch in last.theirs.batches],
        "our_cpu_s": [pair.ours.cpu_s for pair in pairs],
        "pipeline_cpu_s": [pair.theirs.cpu_s for pair in pairs],
        "whole_ratio": [pair.whole_ratio for pair in pairs],
        "cost": _cost(COST),
    }


def _cost(cost: Cost) -> dict[str, float]:
    return {
        "a": cost.a,
        "b": cost.b,
        "first_s": cost.first_s,
        "full_rows": cost.full_rows,
        "window_rate": cost.window_rate,
    }


def _timeline(ours: Drained) -> dict[str, object]:
    first_s = min([batch.begin_s for batch in ours.batches] + [seen.at_s for seen in ours.seen])
    return {
        "engine": [(batch.begin_s - first_s, batch.end_s - first_s, batch.rows) for batch in ours.batches],
        "stages": [(seen.at_s - first_s, seen.job_id, seen.stage) for seen in ours.seen],
    }
