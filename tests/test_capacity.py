"""Sizes, rates and waits: what follows from what was counted and measured."""

import struct

import pytest

from shared.capacity import Backlog, LaneBacklog, LiveJob, WorkerSign, backlog_of, estimated_audio_s
from shared.job import Lane, Status

NOW = 1_768_471_200.0


def job(number: int, audio_s: float, **facts) -> LiveJob:
    queued = {"status": Status.QUEUED, "queued_at": NOW + number}
    return LiveJob(id=f"j{number}", tenant="sales", audio_s=audio_s, **{**queued, **facts})


def worker(**facts) -> WorkerSign:
    sign = {
        "id": "one", "at": NOW, "lanes": tuple(Lane), "held": {}, "rate": 10.0, "model": "m", "model_sha256": "ab",
        "compute_type": "int8", "device": "cpu", "expires_at": NOW,
    }  # fmt: skip
    return WorkerSign.model_validate({**sign, **facts})


def interactive(jobs, workers=(), now=NOW) -> LaneBacklog:
    return backlog_of(jobs, workers, now).lanes[Lane.INTERACTIVE]


def wav(bytes_a_s: int) -> bytes:
    return b"RIFF\x00\x00\x00\x00WAVEfmt " + struct.pack("<IHHIIHH", 16, 7, 2, 8_000, bytes_a_s, 2, 8) + b"\x00" * 28


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        (b"", 60.0),
        (b"nothing known", 60.0),
        (wav(16_000), 60.0),
        (wav(8_000), 120.0),
        (wav(0), 60.0),
        (b"OggS" + b"\x00" * 60, 320.0),
        (b"ID3\x04" + b"\x00" * 60, 240.0),
    ],
)
def test_a_size_tells_a_length(head, seconds):
    assert estimated_audio_s(960_000, head) == seconds


@pytest.mark.parametrize(("size_bytes", "seconds"), [(0, 1.0), (100, 1.0), (536_870_912, 3_600.0)])
def test_a_guessed_length_stays_within_an_hour(size_bytes, seconds):
    assert estimated_audio_s(size_bytes) == seconds


def test_a_lane_sums_queued_and_held_calls():
    jobs = [job(1, 60.0), job(2, 30.0), job(3, 40.0, status=Status.PROCESSING), job(4, 9.0, lane=Lane.BATCH)]

    lane = interactive(jobs, [worker(held={"j3": 25.0})])

    assert (lane.queued, lane.queued_audio_s, lane.processing, lane.processing_s) == (2, 90.0, 1, 25.0)
    assert lane.oldest_queued_at == NOW + 1


def test_a_held_call_that_nobody_tells_of_counts_whole():
    assert interactive([job(1, 40.0, status=Status.PROCESSING)], [worker()]).processing_s == 40.0


def test_work_done_since_the_sign_is_taken_off():
    held = job(1, 400.0, status=Status.PROCESSING)

    lane = interactive([held], [worker(held={"j1": 300.0})], NOW + 10.0)

    assert lane.processing_s == pytest.approx(200.0)


def test_work_done_for_ended_calls_is_not_taken_off_others():
    held = job(1, 400.0, status=Status.PROCESSING)

    lane = interactive([held], [worker(held={"j1": 300.0, "ended": 100.0})], NOW + 10.0)

    assert lane.processing_s == pytest.approx(300.0)


def test_a_worker_without_a_rate_counts_as_the_others():
    signs = [worker(), worker(id="two", rate=20.0), worker(id="new", rate=None)]

    assert interactive([], signs).rate == 45.0


def test_a_worker_of_the_other_lane_does_not_count():
    signs = [worker(lanes=(Lane.BATCH,))]

    assert (interactive([], signs).workers, interactive([], signs).rate) == (0, None)


def test_a_lane_of_its_own_does_not_wait_for_live_calls():
    jobs = [job(1, 100.0), job(2, 50.0, lane=Lane.BATCH)]

    apart = backlog_of(jobs, [worker(lanes=(Lane.BATCH,))], NOW).lanes[Lane.BATCH]
    together = backlog_of(jobs, [worker()], NOW).lanes[Lane.BATCH]

    assert (apart.ahead_s, together.ahead_s) == (0.0, 100.0)


def test_the_calls_ahead_are_those_queued_before():
    jobs = [job(1, 10.0), job(2, 20.0), job(3, 40.0)]

    ahead_s = [interactive(jobs).ahead_of(one.audio_s, one.queued_at) for one in jobs]

    assert ahead_s == [0.0, 10.0, 30.0]


def test_a_job_after_the_count_stands_behind_all():
    assert interactive([job(1, 10.0), job(2, 20.0)]).ahead_of(500.0, NOW + 3) == 30.0


def test_a_long_queue_is_kept_in_few_points():
    jobs = [job(number, 10.0) for number in range(10_000)]

    lane = interactive(jobs)
    off_s = [abs(lane.ahead_of(10.0, NOW + number) - 10.0 * number) for number in range(10_000)]

    assert len(lane.points) <= 64
    assert max(off_s) <= 10.0


def test_a_job_starts_when_the_rest_fits_the_room():
    full = LaneBacklog(workers=1, rate=10.0, room_s=900.0)

    assert [full.start_in(ahead_s) for ahead_s in (0.0, 900.0, 1_000.0)] == [0.0, 0.0, 10.0]


def test_a_start_is_unknown_without_worker_or_rate():
    assert LaneBacklog().start_in(0.0) is None
    assert LaneBacklog(workers=1).start_in(10.0) is None


def test_one_worker_hears_a_call_not_all():
    assert LaneBacklog(workers=4, rate=40.0).end_in(400.0, 60.0) == 16.0


def test_a_long_call_takes_a_quarter_of_the_room_only():
    roomy = worker(room_s=800.0, room_jobs=16)

    assert roomy.room_in(Lane.INTERACTIVE, [100.0, 100.0]) == 800.0
    assert roomy.room_in(Lane.INTERACTIVE, [400.0, 400.0]) == 1_600.0


def test_the_batch_lane_has_half_the_room():
    roomy = worker(room_s=800.0, room_jobs=16)

    assert roomy.room_in(Lane.BATCH, [100.0]) == 400.0


def test_short_calls_fill_the_places_before_the_room():
    assert worker(room_s=900.0, room_jobs=4).room_in(Lane.INTERACTIVE, [15.0, 15.0]) == 60.0


def test_the_tightest_deadline_tells_the_slack():
    jobs = [job(1, 100.0), job(2, 10.0, deadline_at=NOW + 600.0), job(3, 10.0, deadline_at=NOW + 900.0)]

    assert interactive(jobs, [worker()]).deadline_slack_s == pytest.approx(600.0 - 300.0 - 10.0)


def test_without_deadlines_there_is_no_slack():
    assert interactive([job(1, 100.0)]).deadline_slack_s is None


def test_a_backlog_survives_the_table():
    counted = backlog_of([job(1, 60.0), job(2, 30.0, lane=Lane.BATCH)], [worker()], NOW)

    assert Backlog.model_validate(counted.model_dump(mode="json", exclude_none=True)) == counted
