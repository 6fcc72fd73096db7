"""The schedule of attempts: ten in three days, never all at one moment, later where the receiver asks."""

import time

import pytest

from api.outbound.schedule import next_delay_s, retry_after_s

NOW = 1768471211.0


def test_ten_attempts_take_three_days():
    delays = [next_delay_s(made, 0.0, None) for made in range(10)]

    assert delays == [0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]
    assert sum(delays) == (75 * 60 + 35) * 60 + 5


@pytest.mark.parametrize("asked", [None, 60])
def test_after_the_tenth_attempt_there_is_none(asked):
    assert [next_delay_s(made, 0.0, asked) for made in (10, 11)] == [None, None]


@pytest.mark.parametrize("made", range(1, 10))
def test_the_jitter_is_ten_percent_either_way(made):
    planned = next_delay_s(made, 0.0, None)

    assert next_delay_s(made, -1.0, None) == pytest.approx(0.9 * planned)
    assert next_delay_s(made, 1.0, None) == pytest.approx(1.1 * planned)


def test_a_longer_wish_wins():
    assert next_delay_s(1, 0.0, 120) == 120
    assert next_delay_s(1, 0.0, 10**9) == 24 * 3600


def test_a_shorter_wish_changes_nothing():
    assert next_delay_s(3, 0.0, 120) == 1800
    assert next_delay_s(9, 1.0, 10**9) == pytest.approx(1.1 * 24 * 3600)


@pytest.mark.parametrize(
    ("value", "asked_s"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 30, 10**9),
        ("Thu, 15 Jan 2026 10:02:11 GMT", 120),
        ("Thu, 15 Jan 2026 10:02:11 -0000", 120),
        ("Thu, 15 Jan 2026 11:02:11 +0100", 120),
        ("Thursday, 15-Jan-26 10:02:11 GMT", 120),
        ("Thu, 15 Jan 2026 09:00:00 GMT", 0),
    ],
)
def test_both_forms_of_retry_after_are_read(value, asked_s):
    assert retry_after_s(value, NOW) == asked_s


@pytest.fixture
def far_away(monkeypatch):
    monkeypatch.setenv("TZ", "XXX-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_a_date_is_utc_wherever_we_are():
    assert retry_after_s("Thu, 15 Jan 2026 10:02:11 -0000", NOW) == 120


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1.5", "1e9", "٣", "²", "Thu, 99 Jan 2026 10:02:11 GMT", "Thu, 15 Jan 99999 1:2:3 GMT"]
)
def test_any_other_retry_after_is_not_heard(value):
    assert retry_after_s(value, NOW) is None
