"""Alarms and target tracking while they run: what they have seen, and how many workers they want."""

import operator
from collections import deque
from collections.abc import Callable, Mapping
from math import ceil, inf
from types import MappingProxyType
from typing import Final, Protocol

from api.planning.scaling import Alarm, Step, Tracking
from api.planning.simulation.maths import Values, formula

LOW_SHARE: Final = 0.9
"""Target tracking scales in below this part of its target."""
BEYOND: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {
        "GreaterThanThreshold": operator.gt,
        "GreaterThanOrEqualToThreshold": operator.ge,
        "LessThanThreshold": operator.lt,
        "LessThanOrEqualToThreshold": operator.le,
    }
)


class Watch(Protocol):
    """Something that looks at the metrics once a period."""

    def wanted(self, values: Values, workers: int, now: float, /) -> int | None:
        """How many workers there should be instead of `workers`; None leaves them."""


class AlarmWatch:
    """A step scaling alarm: n of m points beyond the threshold, then a step, then a pause."""

    def __init__(self, alarm: Alarm) -> None:
        self.alarm = alarm
        self.value = formula(alarm.maths)
        self.beyond = BEYOND[alarm.comparison]
        self.seen: deque[bool] = deque(maxlen=alarm.periods)
        self.rests_until = -inf

    def wanted(self, values: Values, workers: int, now: float) -> int | None:
        """As in `Watch`; while the alarm lasts the step is repeated after each pause."""
        alarm, value = self.alarm, self.value(values)
        is_beyond = alarm.missing == "breaching" if value is None else self.beyond(value, alarm.threshold)
        self.seen.append(is_beyond)
        if sum(self.seen) < alarm.points or value is None or now < self.rests_until:
            return None
        step = next((step for step in alarm.steps if _holds(step, value - alarm.threshold)), None)
        if step is None:
            return None
        wanted = _adjusted(alarm, step, workers)
        if wanted != workers:
            self.rests_until = now + alarm.cooldown_s
        return wanted


class TrackingWatch:
    """Target tracking: out in proportion after three points, in by one worker after fifteen.

    How far AWS goes in at once is not documented beyond "gradually"; one worker, and the last only after fifteen points
    without any work, is the dearest reading.
    """

    def __init__(self, tracking: Tracking) -> None:
        self.tracking = tracking
        self.value = formula(tracking.maths)
        self.high = self.low = self.none = 0
        self.out_rests_until = self.in_rests_until = -inf

    def wanted(self, values: Values, workers: int, now: float) -> int | None:
        """As in `Watch`; it can do nothing at zero workers, and a missing value stops it altogether."""
        tracking, value = self.tracking, self.value(values)
        if value is None:
            self.high = self.low = self.none = 0
            return None
        self.high = self.high + 1 if value > tracking.target else 0
        self.low = self.low + 1 if value < LOW_SHARE * tracking.target else 0
        self.none = self.none + 1 if value <= 0 else 0
        if self.high >= tracking.out_points and workers and now >= self.out_rests_until:
            self.out_rests_until = now + tracking.out_cooldown_s
            self.in_rests_until = now + tracking.in_cooldown_s
            return ceil(workers * value / tracking.target)
        points = self.low if workers > 1 else self.none
        if points >= tracking.in_points and workers and now >= self.in_rests_until and not tracking.is_out_only:
            self.in_rests_until = now + tracking.in_cooldown_s
            return workers - 1
        return None


def _holds(step: Step, distance: float) -> bool:
    """As Application Auto Scaling reads bounds: beyond the threshold the lower one is part of it, else the upper."""
    above, below = -inf if step.above is None else step.above, inf if step.below is None else step.below
    return above <= distance < below if distance > 0 else above < distance <= below


def _adjusted(alarm: Alarm, step: Step, workers: int) -> int:
    if alarm.adjustment == "ExactCapacity":
        return round(step.adjust)
    if alarm.adjustment == "ChangeInCapacity":
        return workers + round(step.adjust)
    return workers + max(alarm.least, int(workers * step.adjust / 100))
