"""One queue and its workers: against the formula, and by hand."""

from itertools import accumulate
from math import inf
from random import Random

import pytest

from api.planning.demand import Calls, Lengths
from api.planning.formulas import mean_wait_s
from api.planning.scaling import Machine
from api.planning.simulation.queueing import Queue, Worker

JOBS = 100_000
BARE = Machine(r=60.0, overhead_s=0.0)
UNCLIPPED = Lengths(shortest_s=0.0, longest_s=inf)


def stream(load: float) -> Calls:
    """Poisson arrivals of lognormal calls: so many call-seconds a second."""
    random = Random(1)
    lengths = tuple(UNCLIPPED.drawn(random) for _ in range(JOBS))
    gap_s = UNCLIPPED.mean_s / load
    return Calls(tuple(accumulate(random.expovariate(1 / gap_s) for _ in range(JOBS))), lengths)


def test_one_worker_lets_calls_wait_as_the_formula_says():
    queue = Queue(stream(30.0), BARE)
    queue.workers.append(Worker(0.0))

    queue.serve(inf)

    mean_s = sum(queue.waits_s) / JOBS
    assert mean_s == pytest.approx(mean_wait_s(30.0, 1, 60.0, UNCLIPPED), rel=0.05)


def test_twice_the_speed_is_half_the_work():
    calls = Calls((0.0, 1.0), (600.0, 300.0))
    slow, fast = Queue(calls, BARE), Queue(calls, BARE.model_copy(update={"r": 120.0}))

    assert slow.work_until[-1] == 2 * fast.work_until[-1]


def test_calls_are_taken_in_the_order_of_their_coming():
    queue = Queue(Calls((0.0, 1.0, 2.0), (600.0, 60.0, 60.0)), BARE)
    queue.workers.append(Worker(0.0))

    queue.serve(inf)

    assert queue.waits_s == [0.0, 9.0, 9.0]


def test_nobody_takes_a_call_before_there_is_a_worker():
    queue = Queue(Calls((0.0,), (60.0,)), BARE)

    queue.serve(100.0)
    queue.workers.append(Worker(240.0))
    queue.serve(300.0)

    assert queue.waits_s == [240.0]


def test_a_later_worker_takes_what_still_waits():
    queue = Queue(Calls((0.0, 0.0), (600.0, 60.0)), BARE)
    queue.workers.append(Worker(0.0))

    queue.serve(4.0)
    queue.workers.append(Worker(5.0))
    queue.serve(10.0)

    assert queue.waits_s == [0.0, 5.0]


def test_what_waits_and_what_is_held_add_up():
    queue = Queue(Calls((0.0, 0.0), (600.0, 60.0)), BARE)
    queue.workers.append(Worker(0.0))

    queue.serve(4.0)

    assert queue.waiting_s(4.0) == 60.0
    assert queue.held_s(4.0) == 360.0
