"""Taking a job in: who was held during a death runs alone, on a worker that is free if there is one."""

import pytest
from jobs import LEASE_S, NOW, receipt_of

from shared.job import Claim, Outcome
from shared.protocol.announcing import settle
from shared.protocol.attending import Claimant, take
from shared.protocol.attending.taking import LEAVE_S, LEAVE_UP_TO
from shared.protocol.drive import drive
from shared.protocol.intents import AskHands, Hands, WaitUntilFree

LATER = NOW + 1_000
FREE = Hands(is_free=True, holds_suspect=False)
BUSY = Hands(is_free=False, holds_suspect=False)
SHUT = Hands(is_free=False, holds_suspect=True)


class Worker:
    """A worker with these hands, which are free once it has waited."""

    def __init__(self, world, hands):
        self.world, self.hands, self.waited = world, hands, []

    def perform(self, intent):
        match intent:
            case AskHands():
                return self.hands
            case WaitUntilFree(receipt):
                self.waited.append(receipt)
                self.hands = FREE
                return None
        return self.world.perform(intent)

    def takes(self, job, receive_count=1):
        return drive(take(receipt_of(job, receive_count), Claimant(lambda: LATER, LEASE_S, lambda: "me")), self)


@pytest.fixture
def suspect(jobs):
    """A job whose worker died."""
    return jobs.claimed().job


@pytest.mark.parametrize("hands", [FREE, BUSY])
def test_a_fresh_job_is_taken_beside_others(world, jobs, hands):
    assert isinstance(Worker(world, hands).takes(jobs.queued()), Claim)


def test_a_suspect_is_taken_by_a_worker_that_is_free(world, suspect):
    assert isinstance(Worker(world, FREE).takes(suspect, 2), Claim)


@pytest.mark.parametrize("count", [2, LEAVE_UP_TO])
def test_a_busy_worker_leaves_a_suspect_to_the_others(world, suspect, count):
    worker = Worker(world, BUSY)

    ending = worker.takes(suspect, count)

    assert (ending.outcome, ending.hide_s, worker.waited) == (Outcome.ALONE, LEAVE_S, [])


def test_where_nobody_is_free_a_suspect_is_waited_for(world, suspect):
    worker = Worker(world, BUSY)

    claimed = worker.takes(suspect, LEAVE_UP_TO + 1)

    assert isinstance(claimed, Claim)
    assert [receipt.job_id for receipt in worker.waited] == [suspect.id]


def test_beside_a_suspect_nothing_is_claimed(world, jobs):
    job = jobs.queued()

    ending = Worker(world, SHUT).takes(job)

    assert (ending.outcome, ending.hide_s, jobs.row(job).fence) == (Outcome.ALONE, LEAVE_S, 0)


def test_what_is_left_to_others_is_seen_by_them_soon(world, suspect):
    receipt = receipt_of(suspect, 2)

    drive(settle(Worker(world, BUSY).takes(suspect, 2), receipt, ""), world)

    assert ([(hide.receipt, hide.seconds) for hide in world.hidden], world.deleted) == ([(receipt, LEAVE_S)], [])
