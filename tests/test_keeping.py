"""Keeping what is held: the heartbeat goes on through outages and crashes, and wastes no time in them."""

import threading

import pytest
from jobs import NOW

from shared.errors.transient import StorageUnavailable
from shared.protocol.intents import ChangeRow
from worker.lease import AGAIN_S


@pytest.fixture
def held(bench, jobs):
    return [bench.leases.hold(jobs.claimed(alone=False)) for _ in range(4)]


class Waits(threading.Event):
    """Lets the heartbeat go round so often, and notes how long it would have waited."""

    def __init__(self, rounds: int):
        super().__init__()
        self.rounds, self.waited_s = rounds, []

    def wait(self, timeout=None):
        self.waited_s.append(timeout)
        return len(self.waited_s) > self.rounds


class Sign:
    def __init__(self):
        self.told = 0

    def tell(self):
        self.told += 1

    def leave(self):
        pass


def failing(world, error, *, of=None):
    """From now on the renewals of `of`, or of all jobs, fail; the list says whose were tried."""
    tried = []

    def fail(_, intent):
        if isinstance(intent, ChangeRow):
            tried.append(intent.key)
            if of is None or intent.key == of.claim.job.row_key:
                raise error

    world.before.append(fail)
    return tried


def test_in_an_outage_two_leases_are_tried(bench, world, held):
    tried = failing(world, StorageUnavailable())

    assert not bench.leases.beat()
    assert len(tried) == 2


@pytest.mark.parametrize("error", [StorageUnavailable(), ZeroDivisionError()])
def test_a_lease_that_fails_alone_costs_no_other(bench, world, jobs, held, error):
    failing(world, error, of=held[1])
    bench.clock.now += 20

    assert not bench.leases.beat()
    renewed = [jobs.row(one.claim.job).lease_until > one.claim.job.lease_until for one in held]
    assert renewed == [True, False, True, True]


def test_after_a_failed_heartbeat_the_next_comes_soon(bench, world, held):
    stop, sign = Waits(rounds=2), Sign()
    failing(world, StorageUnavailable())

    bench.leases.run(stop, 20.0, sign)

    assert (stop.waited_s, sign.told) == ([20.0, AGAIN_S, AGAIN_S], 1)


def test_a_heartbeat_in_order_waits_its_time(bench, held):
    stop, sign = Waits(rounds=2), Sign()

    bench.leases.run(stop, 20.0, sign)

    assert (stop.waited_s, sign.told) == ([20.0, 20.0, 20.0], 3)


def test_a_job_won_again_is_kept_when_its_first_claim_is_dropped(bench, jobs):
    first = bench.leases.hold(jobs.claimed())
    second = bench.leases.hold(jobs.again(first.claim.job, NOW + 1_000))

    bench.leases.drop(first)

    assert bench.leases.held == (second,)


def test_a_resumed_call_does_not_look_nearly_done(bench, jobs):
    held = bench.leases.hold(jobs.claimed())
    held.progress.audio_s = 3_600.0
    held.progress.expect(1_000.0, 900.0)
    held.progress.advance(10.0)

    assert held.rest_s(held.since_s + 1.0) == pytest.approx(9.0)
    assert (held.heard_s, held.left_s) == (pytest.approx(36.0), pytest.approx(324.0))
