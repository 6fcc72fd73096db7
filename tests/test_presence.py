"""A worker tells that it lives, what it holds and how fast it is."""

import re
import threading
import time
from pathlib import Path

import pytest
from fakes import MemoryWorld

from shared.capacity import WorkerSign, estimated_audio_s
from shared.job import Key, Lane
from shared.protocol.intents import PutRow
from worker.lease import Work
from worker.presence import Presence, Rate, known_wer

SHIPPED = Path(__file__).parents[1] / "worker" / "models" / "callscribe-small"


@pytest.fixture
def presence(bench, world) -> Presence:
    about = WorkerSign(
        id="one", at=0.0, expires_at=0.0, lanes=(Lane.INTERACTIVE,), held={}, room_s=900.0, room_jobs=16,
        model="callscribe-small", model_sha256="ab", compute_type="int8", device="cpu",
    )  # fmt: skip
    return Presence(bench.leases, world, lambda: bench.clock.now, bench.intake.parts.observer, about)


def row(world: MemoryWorld) -> WorkerSign | None:
    found = world.rows.get(Key.of_worker("one"))
    return WorkerSign.model_validate(found) if found else None


class Beats(threading.Event):
    """Lets the heartbeat go round so often, then stops it."""

    def __init__(self, times: int, each=lambda: None):
        super().__init__()
        self.times, self.each = times, each

    def wait(self, timeout=None):
        self.times -= 1
        self.each()
        return self.times < 0


def test_a_worker_tells_what_it_holds(bench, jobs, world, presence):
    held = bench.leases.hold(jobs.claimed())
    held.progress.audio_s = 100.0
    held.progress.expect(10.0)
    held.progress.advance(4.0)

    presence.tell()

    assert row(world).held == {held.claim.job.id: 60.0}
    assert (row(world).at, row(world).model, row(world).rate) == (bench.clock.now, "callscribe-small", None)


def test_a_worker_tells_with_its_heartbeat(bench, world, presence):
    seen = []

    def later():
        seen.append(row(world).at)
        bench.clock.now += 20.0

    bench.leases.run(Beats(2, later), 20.0, presence)

    assert [at - seen[0] for at in seen] == [0.0, 20.0, 40.0]


def test_a_worker_that_stops_in_order_is_gone(bench, world, presence):
    bench.leases.run(Beats(1), 20.0, presence)

    assert row(world) is None


def test_a_fast_heartbeat_does_not_tell_more_often(bench, world, presence):
    told = []
    world.before.append(lambda _, asked: isinstance(asked, PutRow) and told.append(1))

    bench.leases.run(Beats(20, lambda: setattr(bench.clock, "now", bench.clock.now + 1.0)), 1.0, presence)

    assert len(told) == 3


def test_a_heartbeat_goes_on_where_no_sign_can_be_given(bench, world, presence):
    world.is_out_of_reach = True

    bench.leases.run(Beats(2), 20.0, presence)

    assert row(world) is None


def test_the_table_forgets_a_worker_after_a_day(bench, world, presence):
    presence.tell()

    assert row(world).expires_at == bench.clock.now + 86_400


def test_a_worker_is_alive_for_a_minute(bench, world, presence):
    presence.tell()

    assert [row(world).is_alive(bench.clock.now + age_s) for age_s in (59.9, 60.0)] == [True, False]


def test_a_rate_is_seconds_heard_a_busy_second():
    rate = Rate()

    for at, heard_s, busy_s in ((0, 0, 0), (20, 50, 5), (40, 120, 10), (60, 300, 15)):
        rate.note(at, Work(heard_s, busy_s))

    assert rate.per_s == 20.0


def test_a_rate_is_unknown_until_a_minute_is_heard():
    rate = Rate()

    rate.note(0, Work(0, 0))
    rate.note(20, Work(59, 5))

    assert rate.per_s is None


def test_a_rate_forgets_what_was_an_hour_ago():
    rate = Rate()

    for at, heard_s, busy_s in ((0, 0, 0), (600, 6_000, 600), (4_000, 6_100, 605), (4_100, 6_200, 610)):
        rate.note(at, Work(heard_s, busy_s))

    assert rate.per_s == 20.0


def test_a_rate_outlives_an_idle_hour():
    rate = Rate()

    for at, heard_s, busy_s in ((0, 0, 0), (600, 6_000, 300), (9_000, 6_000, 300)):
        rate.note(at, Work(heard_s, busy_s))

    assert rate.per_s == 20.0


def test_ended_calls_and_held_ones_count_as_heard(bench, jobs):
    ended, held = (bench.leases.hold(jobs.claimed()) for _ in range(2))
    for one in (ended, held):
        one.progress.audio_s = 100.0
        one.progress.expect(10.0)
    ended.progress.enter("storing")
    held.progress.advance(5.0)

    bench.leases.drop(ended)

    assert bench.leases.work.heard_s == 150.0


def test_only_seconds_with_a_call_are_busy(bench, jobs):
    held = bench.leases.hold(jobs.claimed())
    bench.leases.drop(held)

    first, second = bench.leases.work, bench.leases.work

    assert first.busy_s == second.busy_s > 0.0


def test_calls_held_together_are_busy_once(bench, jobs):
    claims = [jobs.claimed() for _ in range(20)]
    began_s = time.monotonic()

    for held in [bench.leases.hold(claim) for claim in claims]:
        bench.leases.drop(held)

    assert bench.leases.work.busy_s <= time.monotonic() - began_s


def test_a_decoded_call_corrects_its_length(bench, jobs):
    job = jobs.queued(b"\x00" * 32_000)
    guessed_s = job.audio_s
    held = bench.leases.hold(jobs.again(job, bench.clock.now))
    held.progress.audio_s = 7.5

    bench.leases.beat()

    assert (guessed_s, jobs.row(job).audio_s) == (2.0, 7.5)


def test_a_queued_job_has_a_guessed_length(jobs):
    body = b"\x00" * 160_000

    assert jobs.queued(body).audio_s == estimated_audio_s(len(body)) == 10.0


def test_the_shipped_figures_are_those_of_its_card():
    card = (SHIPPED / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| word error rate, (\w\w), trained voices \| ([\d.]+) %", card, flags=re.MULTILINE)

    assert known_wer(SHIPPED) == {language: round(float(percent) / 100, 4) for language, percent in rows}


def test_a_model_without_figures_tells_none(tmp_path):
    assert known_wer(tmp_path) is None
