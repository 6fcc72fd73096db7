"""The worked example, told elsewhere with other code, comes out again: GPU-hours a day, longest waits, formulas.

Left out, because they do not: the provider's defaults at 100 reps (21 to 30 % less here: how long a second worker lives
is luck) and all that scales out at R = 120 and 1,000 reps without a short idle time (24 to 37 % more), and a deadline
of 15 minutes (27 % more, for minutes are rounded up).
"""

import pytest
from planning.days import always, at_deadline, billed_h, by_messages, from_zero, longest_s

from api.planning.demand import Day, Lengths
from api.planning.formulas import effective_r, least_workers, mean_wait_s, peak_workers
from api.planning.scaling import Machine

WITHIN = 0.15
MINUTE_S = 60.0
LENGTHS = Lengths()
HOURS = {
    ("always", 100, 120): 24, ("always", 100, 60): 24, ("always", 1_000, 60): 64,
    ("defaults", 1_000, 60): 53, ("messages", 1_000, 60): 56,
    ("five idle minutes", 100, 120): 10.3, ("five idle minutes", 100, 60): 10.3,
    ("five idle minutes", 1_000, 120): 27.7, ("five idle minutes", 1_000, 60): 48,
    ("quick", 100, 120): 9.9, ("quick", 100, 60): 10.0, ("quick", 1_000, 120): 26.6, ("quick", 1_000, 60): 41,
    ("deadline 30", 100, 120): 3.7, ("deadline 30", 100, 60): 4.7,
    ("deadline 60", 100, 120): 2.6, ("deadline 60", 100, 60): 3.8,
    ("deadline 240", 100, 120): 1.7, ("deadline 240", 100, 60): 3.0,
}  # fmt: skip
POLICIES = {
    "always": (always, {"from_zero_instances": 1}),
    "defaults": (from_zero, {}),
    "messages": (by_messages, {}),
    "five idle minutes": (lambda r: from_zero(r, 5 * MINUTE_S), {}),
    "quick": (lambda r: from_zero(r, 2 * MINUTE_S), {"boot_s": 75.0}),
    "deadline 30": (lambda r: at_deadline(r, 30 * MINUTE_S), {}),
    "deadline 60": (lambda r: at_deadline(r, 60 * MINUTE_S), {}),
    "deadline 240": (lambda r: at_deadline(r, 240 * MINUTE_S), {}),
}


@pytest.mark.parametrize(("name", "reps", "r"), HOURS, ids=lambda part: str(part).replace(" ", "-"))
def test_a_day_takes_the_hours_of_the_example(name, reps, r):
    make, on = POLICIES[name]

    hours = billed_h(reps, r, make(r), **on)

    assert hours == pytest.approx(HOURS[name, reps, r], rel=WITHIN)


@pytest.mark.parametrize(
    ("name", "reps", "longest"),
    [("defaults", 100, 285), ("messages", 100, 405), ("messages", 1_000, 428), ("five idle minutes", 1_000, 315)],
)
def test_the_longest_wait_is_that_of_the_example(name, reps, longest):
    make, on = POLICIES[name]

    waited_s = longest_s(reps, 60, make(60), **on)

    assert waited_s == pytest.approx(longest, rel=WITHIN)


@pytest.mark.parametrize(
    ("reps", "r", "workers", "wait_s"),
    [(100, 120, 1, 0.7), (100, 60, 1, 3.6), (1_000, 120, 3, 1.2), (1_000, 60, 5, 2.7)],
)
def test_the_formula_gives_the_waits_of_the_example(reps, r, workers, wait_s):
    load = Day(reps=reps).peak_load

    assert mean_wait_s(load, workers, r, LENGTHS) == pytest.approx(wait_s, rel=0.05)


@pytest.mark.parametrize(("reps", "r", "workers"), [(100, 120, 1), (100, 60, 1), (1_000, 120, 3), (1_000, 60, 6)])
def test_seven_tenths_busy_take_the_workers_of_the_example(reps, r, workers):
    assert least_workers(Day(reps=reps).peak_load, r) == workers


@pytest.mark.parametrize(
    ("calls", "minutes", "r", "effective", "bare"),
    [(16, 6, 60, 12, 9), (16, 6, 120, 7, 5), (40, 4, 60, 21, 15), (40, 4, 120, 13, 8)],
)
def test_the_ceiling_counts_the_overhead_of_each_job(calls, minutes, r, effective, bare):
    mean_s = minutes * MINUTE_S
    load = 1_000 * calls * mean_s * 0.145 / 3_600

    assert peak_workers(load, effective_r(Machine(r=r, overhead_s=1.5), mean_s)) == effective
    assert peak_workers(load, r) == bare
