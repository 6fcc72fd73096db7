"""The evaluator does as CloudWatch documents; a test of alarms is worth no more than it."""

from dataclasses import replace

import pytest
from alarms.cloudwatch.alarm import Alarm, Metric
from alarms.cloudwatch.expressions import Sheet, UnknownMathError
from alarms.cloudwatch.ringing import rings
from alarms.cloudwatch.samples import Samples, series_id

ONE = Metric("N", "m", (), "Sum", 60)
THREE_OF_THREE = Alarm(
    "callscribe-x-y", "", "P1", "GreaterThanThreshold", 0.0, None, 3, 3, "notBreaching", "m", {"m": ONE}, {}
)


def math(expression, **series):
    return Sheet(series, [0.0, 3_600.0]).evaluate(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + 2 * b", [21.0, None]),
        ("a / 0", [None, None]),
        ("FILL(b, 0) - 1", [9.0, -1.0]),
        ("IF(a > 0 AND FILL(b, 0) > 0, a, -1)", [1.0, -1.0]),
        ("IF(a > 5 OR FILL(b, 0) > 5, 1, 0)", [1.0, 0.0]),
        ("IF(FILL(b, -1) >= 0, b, a)", [10.0, 2.0]),
        ("MAX([a, FILL(b, 0)])", [10.0, 2.0]),
        ("MIN([a, FILL(b, 0)])", [1.0, 0.0]),
        ("HOUR(a)", [0.0, 1.0]),
    ],
)
def test_math_keeps_what_is_missing_missing(expression, expected):
    assert math(expression, a=[1.0, 2.0], b=[10.0, None]) == expected


def test_math_that_is_not_known_is_refused():
    with pytest.raises(UnknownMathError):
        math("RATE(a)", a=[1.0, 2.0])


@pytest.mark.parametrize(
    ("seen", "missing", "is_ringing"),
    [
        ("0-X-X", "breaching", False),
        ("----0", "breaching", False),
        ("-----", "breaching", True),
        ("-----", "notBreaching", False),
        ("0XX-X", "notBreaching", True),
        ("--X--", "breaching", True),
        ("--X--", "notBreaching", False),
    ],
)
def test_the_documented_table_of_missing_points_holds(seen, missing, is_ringing):
    samples = Samples()
    for minute, sign in enumerate(seen):
        if sign != "-":
            samples.add(series_id("m", "N"), minute, float(sign == "X"))

    alarm = replace(THREE_OF_THREE, missing=missing)

    assert bool(rings(alarm, samples, range(4, 5))) is is_ringing


@pytest.mark.parametrize(
    ("stat", "expected"),
    [("Sum", 10.0), ("Average", 2.5), ("Maximum", 4.0), ("SampleCount", 4.0), ("p50", 2.0), ("p95", 4.0)],
)
def test_a_period_becomes_the_statistic_that_is_asked_for(stat, expected):
    samples = Samples()
    samples.add(series_id("m", "N"), 7, 4.0, 1.0, 3.0)
    samples.add(series_id("m", "N"), 8, 2.0)

    metric = replace(ONE, stat=stat, period_s=120)

    assert samples.points(metric, range(9, 10)) == [expected]


def test_a_band_is_what_other_days_were():
    other_days = []
    for value in (9.0, 10.0, 11.0):
        other_days.append(Samples())
        other_days[-1].add(series_id("m", "N"), 0, value)
    band = {"shown": "FILL(m, 0)", "usual": "ANOMALY_DETECTION_BAND(shown, 3)"}
    alarm = replace(
        THREE_OF_THREE,
        comparison="LessThanLowerThreshold",
        band="usual",
        points=1,
        periods=1,
        watched="shown",
        expressions=band,
    )
    today = Samples()

    today.add(series_id("m", "N"), 0, 8.0)

    assert rings(alarm, today, range(1), other_days) == []
    assert rings(alarm, Samples(), range(1), other_days) == [0]
