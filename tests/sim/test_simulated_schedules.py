"""The job protocol keeps its promises in every schedule; `python -m sim` runs more of them, and replays one."""

import pytest
from sim.plan import plan_of
from sim.schedule import Schedule
from sim.tally import tally
from sim.trace import Trace

SLICES = 40
SLICE = 500


@pytest.mark.parametrize("number", range(SLICES))
def test_every_promise_holds_in_every_schedule(number):
    found = tally(range(1 + number * SLICE, 1 + (number + 1) * SLICE))

    assert found.breaches == []
    assert found.schedules == SLICE


def test_every_fault_strikes_somewhere():
    found = tally(range(1_000_000, 1_000_400))

    assert len(found.faults) == 13
    assert {"completed", "canceled", "failed erased", "failed attempts_exhausted"} <= set(found.ends)


def test_a_seed_always_gives_the_same_schedule():
    once, again = Trace(), Trace()

    Schedule(plan_of(42), once).run()
    Schedule(plan_of(42), again).run()

    assert once.lines == again.lines
    assert len(once.lines) > 20
