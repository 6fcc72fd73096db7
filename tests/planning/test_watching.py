"""Metric maths, alarms and target tracking, as CloudWatch and Application Auto Scaling read them."""

import pytest

from api.planning.scaling import Alarm, Maths, Step, Tracking
from api.planning.simulation.maths import NotUnderstood, formula
from api.planning.simulation.watching import AlarmWatch, TrackingWatch

PLAIN = Maths(metrics={"value": "Value"}, returns="value")


def value_of(expression, **metrics):
    maths = Maths(metrics={name: name for name in metrics}, expressions={"it": expression}, returns="it")
    return formula(maths)(metrics)


@pytest.mark.parametrize(
    ("expression", "metrics", "expected"),
    [
        ("a / b", {"a": 6, "b": 3}, 2),
        ("a / b", {"a": 6, "b": 0}, None),
        ("a + b", {"a": None, "b": 1}, None),
        ("FILL(a, 0) + 1", {"a": None}, 1),
        ("IF(a > 0 AND b < 1, 5, 7)", {"a": 1, "b": 0}, 5),
        ("IF(a > 0 && b < 1, 5, 7)", {"a": 1, "b": 1}, 7),
        ("IF(a > 0 OR b > 0, 1, 0)", {"a": 0, "b": 2}, 1),
        ("IF(a, 1)", {"a": 0}, None),
        ("IF(a > 0, 1, 0)", {"a": None}, None),
        ("MAX(a, 2) * -1", {"a": 1}, -2),
    ],
)
def test_an_expression_means_what_it_means_in_cloudwatch(expression, metrics, expected):
    assert value_of(expression, **metrics) == expected


def test_one_expression_may_use_another():
    maths = Maths(metrics={"a": "A"}, expressions={"twice": "a * 2", "more": "twice + 1"}, returns="more")

    assert formula(maths)({"A": 4}) == 9


@pytest.mark.parametrize("expression", ["a ** 2", "open('x')", "SEARCH(a, 1)", "unknown + 1", "it + 1", "a +"])
def test_what_is_not_known_is_refused_by_name(expression):
    with pytest.raises(NotUnderstood):
        value_of(expression, a=1)


def alarm(**changed):
    given = {"name": "wake", "maths": PLAIN, "threshold": 0.5, "steps": (Step(adjust=1),)}
    return AlarmWatch(Alarm(**given | changed))


def wishes(watch, values, workers=0, period_s=60):
    return [watch.wanted({"Value": value}, workers, period_s * step) for step, value in enumerate(values)]


def test_an_alarm_waits_for_all_its_points():
    assert wishes(alarm(periods=3, points=3), [1, 1, 0, 1, 1, 1]) == [None] * 5 + [1]


def test_a_missing_value_moves_nothing():
    assert wishes(alarm(), [None, None]) == [None, None]


def test_a_step_rests_for_its_cooldown():
    watch = alarm(adjustment="ChangeInCapacity", cooldown_s=120)

    assert wishes(watch, [1, 1, 1], workers=4) == [5, None, 5]


def test_half_as_many_more_are_at_least_one():
    watch = alarm(adjustment="PercentChangeInCapacity", least=1, steps=(Step(adjust=50),))

    assert [watch.wanted({"Value": 1}, workers, 60 * workers) for workers in (1, 2, 5)] == [2, 3, 7]


def test_the_upper_bound_belongs_to_a_step_at_the_threshold():
    idle = alarm(comparison="LessThanOrEqualToThreshold", threshold=0.0, steps=(Step(above=None, below=0.0, adjust=0),))

    assert wishes(idle, [0.0], workers=3) == [0]


def tracking(**changed):
    return TrackingWatch(Tracking(maths=PLAIN, target=60, **changed))


def test_tracking_adds_in_proportion_after_three_points():
    assert wishes(tracking(), [120, 120, 120], workers=2) == [None, None, 4]


def test_tracking_goes_in_by_one_after_fifteen_points():
    assert wishes(tracking(), [10] * 16, workers=4)[13:] == [None, 3, None]


def test_going_in_never_holds_up_going_out():
    watch = tracking(in_cooldown_s=600)

    found = wishes(watch, [10] * 15 + [600] * 3, workers=2)

    assert found[14] == 1
    assert found[-1] == 20


def test_missing_data_stops_tracking_altogether():
    assert wishes(tracking(), [600, 600, None, 600, 600], workers=2) == [None] * 5


def test_the_last_worker_goes_only_when_there_is_no_work():
    assert wishes(tracking(), [1] * 30, workers=1) == [None] * 30
    assert 0 in wishes(tracking(), [0] * 15, workers=1)


def test_what_was_just_added_is_not_taken_away_at_once():
    watch = tracking(in_cooldown_s=1_800)

    found = wishes(watch, [600] * 3 + [10] * 20, workers=2)

    assert found[3:] == [None] * 20
