"""Whose rows come next, on a clock that the test turns: fairness, lanes, retries, full batches in a backlog."""

import numpy as np
import pytest

from shared.job import Lane
from worker.speech.engine.schedule import AGED_S, FILL_ROWS, RETRY_WAIT_S, Place, Schedule
from worker.speech.engine.values import Parcel, Row

B = 16
FULL_S = 3.43  # a full batch of the cost model of an L4: 0.743 * (0.759 + 0.241 * 16)


def _place(schedule, lane=Lane.INTERACTIVE):
    place = Place(lane=lane)
    schedule.join(place)
    return place


def _parcel(rows=1, rung=0):
    return Parcel(tuple(Row(None, None, "fr", rung=rung) for _ in range(rows)))


def _wait(place, count, now_s=0.0, rung=0):
    parcel = _parcel(rung=rung)
    for _ in range(count):
        place.add(parcel, now_s)


def _take(schedule, now_s=1.0, row_s=FULL_S / B, batch_rows=B):
    return [(place, len(parcel.rows)) for place, parcel in schedule.take(batch_rows, row_s, now_s)]


def _shares(taken):
    return sorted(sum(rows for place, rows in taken if place is one) for one in {place for place, _ in taken})


def test_calls_share_a_batch_evenly():
    schedule = Schedule()
    for count in (100, 100, 3, 100):
        _wait(_place(schedule), count)

    assert _shares(_take(schedule)) == [3, 4, 4, 5]


def test_a_call_that_has_just_come_is_next():
    schedule = Schedule()
    long = _place(schedule)
    _wait(long, 137)
    _take(schedule)

    voicemail = _place(schedule)
    _wait(voicemail, 2)

    assert [place for place, _ in _take(schedule)].count(voicemail) == 2


def test_nothing_is_taken_twice_and_nothing_is_lost():
    schedule, rng = Schedule(), np.random.default_rng(1)
    for count in rng.integers(1, 30, 40):
        _wait(_place(schedule), int(count))
    waiting = schedule.waiting_rows

    taken = 0
    while batch := _take(schedule):
        taken += len(batch)

    assert (taken, schedule.waiting_rows) == (waiting, 0)


def test_batches_are_full_while_there_is_a_backlog():
    schedule, rng = Schedule(), np.random.default_rng(2)
    sizes = []
    for number in range(300):
        while schedule.waiting_rows < 2 * B:
            _wait(_place(schedule), int(rng.lognormal(2.3, 0.8)) + 1, number)
        sizes.append(sum(rows for _, rows in _take(schedule, number)))

    assert np.mean(sizes[1:-2]) / B >= 0.95


def test_a_batch_row_may_ride_along_with_live_ones():
    schedule = Schedule()
    live, night = _place(schedule), _place(schedule, Lane.BATCH)
    _wait(live, 3)
    _wait(night, 100)

    taken = [place for place, _ in _take(schedule)]

    assert (taken.count(live), taken.count(night)) == (3, FILL_ROWS)


def test_live_rows_leave_no_room_for_others():
    schedule = Schedule()
    live, night = _place(schedule), _place(schedule, Lane.BATCH)
    _wait(live, 40)
    _wait(night, 40)

    assert {place for place, _ in _take(schedule)} == {live}


def test_a_batch_of_the_batch_lane_alone_ends_within_four_seconds():
    schedule = Schedule()
    _wait(_place(schedule, Lane.BATCH), 100)

    assert len(_take(schedule, row_s=0.5)) == 8
    assert len(_take(schedule, row_s=9.0)) == 1


def test_a_batch_row_that_waited_long_gets_its_eighth():
    schedule = Schedule()
    live, night = _place(schedule), _place(schedule, Lane.BATCH)
    _wait(live, 400)
    _wait(night, 40)

    taken = [place for _ in range(8) for place, _ in _take(schedule, AGED_S + 1)]

    assert 8 <= taken.count(night) <= 8 * B // 8


def test_retries_wait_for_company():
    schedule = Schedule()
    place = _place(schedule)
    _wait(place, 7, rung=1)
    _wait(place, 1, rung=0)

    first, second = schedule.take(B, 0.2, 1.0), schedule.take(B, 0.2, 1.0)

    assert [parcel.rows[0].rung for _, parcel in first] == [0]
    assert [parcel.rows[0].rung for _, parcel in second] == [1] * 7  # nothing else is ready


@pytest.mark.parametrize(("count", "now_s"), [(B // 2, 1.0), (1, RETRY_WAIT_S + 1)])
def test_a_retry_is_due_with_company_or_with_time(count, now_s):
    schedule = Schedule()
    place = _place(schedule)
    _wait(place, 20, rung=0)
    _wait(place, count, rung=1)

    taken = schedule.take(B, 0.2, now_s)

    assert {parcel.rows[0].rung for _, parcel in taken} == {1}


def test_probes_of_a_call_stay_together():
    schedule = Schedule()
    voting, other = _place(schedule), _place(schedule)
    voting.add(_parcel(rows=8), 0.0)
    _wait(other, 4)

    assert max(rows for _, rows in _take(schedule, batch_rows=2)) == 8
    assert _take(schedule, batch_rows=2) == [(other, 1), (other, 1)]


def test_a_call_that_left_has_nothing_waiting():
    schedule = Schedule()
    place = _place(schedule)
    _wait(place, 5)

    schedule.leave(place)

    assert (schedule.waiting_rows, _take(schedule)) == (0, [])


@pytest.mark.parametrize("night_rows", [0, 100_000])
def test_a_voicemail_waits_two_batches_at_most(night_rows):
    """P7b on a virtual clock: it comes at any moment of the batch in flight, behind an hour-long call and a night."""
    added = []
    for moment in range(20):
        schedule = Schedule()
        _wait(_place(schedule), 137)
        for _ in range(night_rows // 1000):
            _wait(_place(schedule, Lane.BATCH), 1000)
        _take(schedule)  # in flight since 0
        came_s, now_s = moment / 20 * FULL_S, FULL_S
        voicemail = _place(schedule)
        _wait(voicemail, 2, came_s)
        while voicemail.waiting_rows:
            now_s += 0.743 * (0.759 + 0.241 * len(_take(schedule, now_s)))
        added.append(now_s - came_s - 0.743 * (0.759 + 0.241 * 2))

    assert np.percentile(added, 95) / FULL_S <= 2
