"""When an alarm rings: m of n points, and what stands for a point that is missing, as CloudWatch documents it.

CloudWatch looks at a few periods more than an alarm has. Where enough of them have a point, the latest of those decide;
only where there are too few, missing ones count as the alarm says.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import re
from collections.abc import Mapping, Sequence
from statistics import mean, pstdev

from alarms.cloudwatch.alarm import Alarm
from alarms.cloudwatch.expressions import Series, Sheet
from alarms.cloudwatch.samples import MINUTE_S, Samples

LOOKED_BACK = 2
"""Periods more than the alarm's own that are looked at; the documented example has two."""
_BAND = re.compile(r"ANOMALY_DETECTION_BAND\((\w+), (-?[0-9.e]+)\)")
Breaches = Sequence[bool | None]


def rings(alarm: Alarm, samples: Samples, minutes: range, history: Sequence[Samples] = ()) -> list[int]:
    """The minutes at whose end the alarm is ringing; `history`: other days of the same kind, for bands to learn from."""
    stride, seen = alarm.period_s // MINUTE_S, alarm.periods + LOOKED_BACK
    back = (seen - 1) * stride
    ends = range(minutes.start + 1 - back, minutes.stop + 1)
    breaches = _breaches(alarm, samples, ends, history)
    looks = (breaches[at - back : at + 1 : stride] for at in range(back, len(ends)))
    return [minute for minute, look in zip(minutes, looks, strict=True) if _is_ringing(alarm, look)]


def values(alarm: Alarm, samples: Samples, ends: range) -> Mapping[str, Series]:
    """Every series of the alarm that needs no history, by id."""
    width = alarm.period_s // MINUTE_S
    series: dict[str, Series] = {id_: samples.points(metric, ends) for id_, metric in alarm.metrics.items()}
    sheet = Sheet(series, [(end - width) * MINUTE_S for end in ends])
    for id_, expression in alarm.expressions.items():
        if not _BAND.fullmatch(expression):
            series[id_] = sheet.evaluate(expression)
    return series


def _is_ringing(alarm: Alarm, breaches: Breaches) -> bool:
    told = [breach for breach in breaches if breach is not None][-alarm.periods :]
    untold = alarm.periods - len(told)
    filled = untold if alarm.missing == "breaching" else 0
    return sum(told) + filled >= alarm.points


def _breaches(alarm: Alarm, samples: Samples, ends: range, history: Sequence[Samples]) -> Breaches:
    series = values(alarm, samples, ends)
    bounds = _edges(alarm, ends, history) if alarm.band else [alarm.threshold or 0.0] * len(ends)
    pairs = zip(series[alarm.watched], bounds, strict=True)
    return [None if value is None else _is_beyond(alarm, value, bound) for value, bound in pairs]


def _is_beyond(alarm: Alarm, value: float, bound: float) -> bool:
    match alarm.comparison:
        case "GreaterThanThreshold" | "GreaterThanUpperThreshold":
            return value > bound
        case "GreaterThanOrEqualToThreshold":
            return value >= bound
        case "LessThanThreshold" | "LessThanLowerThreshold":
            return value < bound
        case "LessThanOrEqualToThreshold":
            return value <= bound
    raise ValueError(alarm.comparison)


def _edges(alarm: Alarm, ends: range, history: Sequence[Samples]) -> list[float]:
    """The edge of the band that matters, at each moment: mean and standard deviation of the same moment of other days."""
    width = float(_BAND.fullmatch(alarm.expressions[alarm.band])[2])
    away = width if alarm.comparison == "GreaterThanUpperThreshold" else -width
    days = [values(alarm, day, ends)[alarm.watched] for day in history]
    learned = [[value for value in moment if value is not None] for moment in zip(*days, strict=True)]
    return [mean(moment) + away * pstdev(moment) if moment else 0.0 for moment in learned]
