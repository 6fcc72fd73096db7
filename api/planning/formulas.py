"""The arithmetic behind the plan: how many workers a load takes, and how long calls wait for a fixed number of them."""

from math import ceil, exp, inf, sqrt
from typing import Final

from api.planning.demand import Day, Lengths
from api.planning.scaling import Machine

PLANNED_LOAD: Final = 0.7
"""A worker is planned to be busy so much of the time: above it waits grow faster than load."""
ABOVE_THE_MEAN: Final = 1.6
"""What a day may be above the mean day."""
LEAST_CEILING: Final = 2
"""A rollout or a lost Spot instance must not stop the lane."""
RESERVE: Final = 5
"""Where a start takes longer than the goal, workers are warm and one part in so many of the goal is kept."""


def effective_r(machine: Machine, mean_s: float) -> float:
    """Seconds of calls that a worker hears a second, the overhead of each job included."""
    return mean_s / machine.work_s(mean_s)


def peak_workers(load: float, rate: float) -> int:
    """The ceiling that Terraform computes for `load` call-seconds a second and workers that do `rate`."""
    return max(LEAST_CEILING, ceil(ABOVE_THE_MEAN * load / (PLANNED_LOAD * rate)))


def least_workers(load: float, rate: float) -> int:
    """Workers that are busy at most the planned part of the time."""
    return ceil(load / (PLANNED_LOAD * rate))


def night_workers(day: Day, rate: float) -> int:
    """The ceiling that Terraform computes for the night."""
    return max(1, ceil(day.night_hours * 3_600 / (PLANNED_LOAD * rate * day.night_s)))


def target_wait_s(goal_s: float, ready_s: float) -> float:
    """Time left for waiting once a worker was started."""
    return max(goal_s - ready_s, goal_s / RESERVE)


def mean_wait_s(load: float, workers: int, rate: float, lengths: Lengths) -> float:
    """Mean wait for `workers` that are always there (Sakasegawa's approximation, lognormal lengths); else infinite."""
    busy = load / (workers * rate)
    if busy >= 1:
        return inf
    spread = exp(lengths.sigma**2) - 1
    queued: float = busy ** (sqrt(2 * (workers + 1)) - 1) / (workers * (1 - busy))
    return queued * (1 + spread) / 2 * lengths.mean_s / rate
