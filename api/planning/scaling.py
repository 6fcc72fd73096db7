"""What Terraform plans about the workers of a lane, as values: bounds, alarms, a target to track, a timetable.

The same values describe the policies that ours is compared with, so that one simulator plays them all.
"""

from typing import Final, Literal

from pydantic import Field

from shared.job import Frozen

MINUTE_S: Final = 60
UNBOUNDED: Final = 10_000


class Maths(Frozen):
    """Metric maths as CloudWatch evaluates it.

    `metrics`: the name of each metric by the id that expressions use. `expressions`: by id, in any order; one may use
    another. `returns`: the id whose value counts.
    """

    metrics: dict[str, str]
    expressions: dict[str, str] = Field(default_factory=dict)
    returns: str


class Step(Frozen):
    """What to do while the value lies so far above the threshold; `above` and `below` are distances from it."""

    above: float | None = 0.0
    below: float | None = None
    adjust: float


class Alarm(Frozen):
    """An alarm with the step scaling that it triggers.

    `points` of the last `periods` values, each of `period_s`, must be beyond the threshold. `least` workers are added
    at least where `adjustment` is a percentage.
    """

    name: str
    maths: Maths
    comparison: str = "GreaterThanThreshold"
    threshold: float = 0.0
    period_s: int = MINUTE_S
    periods: int = 1
    points: int = 1
    missing: str = "missing"
    adjustment: Literal["ExactCapacity", "ChangeInCapacity", "PercentChangeInCapacity"] = "ExactCapacity"
    least: int = 1
    steps: tuple[Step, ...]
    cooldown_s: float = MINUTE_S


class Tracking(Frozen):
    """Target tracking; the numbers of points are AWS's own for ECS services, and no setting."""

    maths: Maths
    target: float
    out_cooldown_s: float = 60.0
    in_cooldown_s: float = 600.0
    out_points: int = 3
    in_points: int = 15
    is_out_only: bool = False


class Timed(Frozen):
    """From `at_s` after local midnight on, other bounds; None leaves a bound as it is."""

    at_s: float
    least: int | None = None
    most: int | None = None


class Share(Frozen):
    """How tasks are spread: the first `base` on demand, the others by weight."""

    base: int = 1
    on_demand: int = 1
    spot: int = 3


class LaneScaling(Frozen):
    """How many workers a lane has, and when.

    `goal_s`: how long a call may wait. `quiet`: the ceiling outside of its hours. `idle_s`: a worker that was idle so
    long ends by itself; None with a policy that leaves this to alarms. `foresees`: no alarms at all, but every call is
    known before it comes.
    """

    goal_s: float
    least: int = 0
    most: int = 2
    quiet: int = 1
    alarms: tuple[Alarm, ...] = ()
    tracking: Tracking | None = None
    timetable: tuple[Timed, ...] = ()
    share: Share = Share()
    idle_s: float | None = None
    foresees: bool = False

    @property
    def floor(self) -> int:
        """Workers that are always there in its hours."""
        return max((timed.least or 0 for timed in self.timetable), default=0)

    @property
    def open_s(self) -> float:
        """Seconds a day in which the floor holds; 0 where there is none."""
        up = next((timed.at_s for timed in self.timetable if timed.least), 0.0)
        return max((timed.at_s - up for timed in self.timetable if timed.least == 0), default=0.0) if up else 0.0


class Provider(Frozen):
    """How a capacity provider starts and ends instances.

    `from_zero`: instances that it starts when it has none. `tail_s`: how long some instance must have been empty
    before the empty ones end. `empty_s`: how long one instance must have been empty before the function `shrink`
    has ended it; None where there is none.
    """

    from_zero: int = 2
    step_least: int = 1
    step_most: int = 2
    most: int = UNBOUNDED
    warm_up_s: float = 60.0
    tail_s: float = 900.0
    empty_s: float | None = None


class Machine(Frozen):
    """One worker: `r` seconds of calls heard a second, `overhead_s` beside for each job.

    `boot_s`: from the wish for it to its first call, on a new instance; `load_s`: the part of it that a new task on a
    warm instance takes too.
    """

    r: float = 60.0
    overhead_s: float = 1.5
    boot_s: float = 240.0
    load_s: float = 60.0

    def work_s(self, audio_s: float) -> float:
        """How long a call of `audio_s` keeps it busy."""
        return audio_s / self.r + self.overhead_s


class Setting(Frozen):
    """What a lane's day is played on: `delay_s` is the age of a metric when an alarm first sees it.

    `interruptions_per_hour`: how often a Spot instance is taken away.
    """

    machine: Machine = Machine()
    on_demand: Provider = Provider()
    spot: Provider = Provider()
    period_s: int = MINUTE_S
    delay_s: float = 60.0
    interruptions_per_hour: float = 0.0
