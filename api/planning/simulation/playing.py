"""One day of one lane: its calls, its policy, minute by minute."""

import operator
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from simpy import Environment

from api.planning.demand import DAY_BEGINS_S, DAY_S, Calls
from api.planning.scaling import LaneScaling, Setting
from api.planning.simulation.foreseeing import Foresight
from api.planning.simulation.gauge import Gauge
from api.planning.simulation.maths import Values
from api.planning.simulation.queueing import Queue
from api.planning.simulation.service import Service
from api.planning.simulation.watching import AlarmWatch, TrackingWatch, Watch

END_S = DAY_BEGINS_S + DAY_S
SETTLED = 30
"""Quiet periods after which every alarm has forgotten what was before."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a picture of the day shows of one minute."""

    at_s: float
    queued_s: float
    workers: int
    instances: int


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a day: seconds of wait a call (infinite, if nobody took it), GPU seconds, starts of instances."""

    waits_s: tuple[float, ...]
    busy_s: float
    on_demand_s: float
    spot_s: float
    starts: int
    largest_queue: int
    moments: tuple[Moment, ...]

    @property
    def billed_s(self) -> float:
        """GPU seconds that are paid for."""
        return self.on_demand_s + self.spot_s


def play(calls: Calls, scaling: LaneScaling, setting: Setting, seed: int = 0, due_at_s: float | None = None) -> Played:
    """Play the day from six to six.

    Args:
        calls: in the order of their coming, none before six.
        scaling: the policy.
        setting: what it is played on.
        seed: for Spot interruptions.
        due_at_s: one deadline for all calls; by default each is due its goal after it came.
    """
    lane = _Lane(calls, scaling, setting, seed, due_at_s)
    lane.env.process(lane.minutes())
    lane.env.run(until=END_S)
    lane.queue.serve(END_S)
    lane.look(END_S)
    service = lane.service
    return Played(
        waits_s=tuple(lane.queue.waits_s),
        busy_s=lane.queue.busy_s,
        on_demand_s=service.on_demand.billed_s(END_S),
        spot_s=service.spot.billed_s(END_S),
        starts=len(service.on_demand.launched) + len(service.spot.launched),
        largest_queue=lane.largest_queue,
        moments=tuple(lane.moments),
    )


class _Lane:
    def __init__(self, calls: Calls, scaling: LaneScaling, setting: Setting, seed: int, due_at_s: float | None) -> None:
        self.env = Environment(initial_time=DAY_BEGINS_S)
        self.scaling, self.setting = scaling, setting
        self.queue = Queue(calls, setting.machine)
        random = Random(f"interruptions {seed}")  # noqa: S311 - a simulation, not a secret
        self.service = Service(self.env, self.queue, scaling, setting, random)
        self.gauge = Gauge(self.queue, self.service, due_at_s, scaling.goal_s)
        self.watches = list(_watches(scaling, self.queue, setting))
        self.late: deque[Values] = deque(maxlen=1 + round(setting.delay_s / setting.period_s))
        self.bounds = (scaling.least, scaling.most)
        timetable = ((_since_six(one.at_s), one) for one in scaling.timetable)
        self.timetable = sorted(timetable, key=operator.itemgetter(0))
        self.moments: list[Moment] = []
        self.largest_queue = self.quiet = 0

    def minutes(self) -> Any:
        for _ in range(int(DAY_S / self.setting.period_s)):
            self._minute(self.env.now)
            yield self.env.timeout(self._pause_s(self.env.now))
            if self.env.now >= END_S:
                return

    def _pause_s(self, now: float) -> float:
        """One period; where nothing has happened for long, until a call comes or the timetable speaks."""
        queue, period_s = self.queue, self.setting.period_s
        is_quiet = not (self.service.tasks or self.service.instances or queue.come(now) > queue.taken)
        self.quiet = self.quiet + 1 if is_quiet else 0
        if self.quiet < SETTLED:
            return period_s
        next_at = queue.at_s[queue.taken] if queue.taken < len(queue.at_s) else END_S
        turns = [DAY_BEGINS_S + since_s for since_s, _ in self.timetable if DAY_BEGINS_S + since_s > now]
        until_s = min([next_at, END_S, *turns]) - now
        return max(period_s, until_s // period_s * period_s)

    def _minute(self, now: float) -> None:
        queue, service = self.queue, self.service
        queue.serve(now)
        self._keep_time(now)
        values = self.gauge.values(now)
        self.late.append(values)
        for watch in self.watches:
            wanted = watch.wanted(self.late[0], service.desired, now)
            if wanted is not None:
                service.desired = wanted
        least, most = self.bounds
        service.desired = min(max(service.desired, least), most)
        service.fit(now)
        self.largest_queue = max(self.largest_queue, queue.come(now) - queue.taken)
        self.look(now)

    def look(self, now: float) -> None:
        queue, service = self.queue, self.service
        self.moments.append(Moment(now, queue.waiting_s(now), len(queue.workers), service.instances))

    def _keep_time(self, now: float) -> None:
        """Begin the day with the bounds that the day before ended with, and change them when it is time."""
        due = [timed for since_s, timed in self.timetable if now == DAY_BEGINS_S or since_s <= now - DAY_BEGINS_S]
        for timed in due:
            least, most = self.bounds
            self.bounds = (least if timed.least is None else timed.least, most if timed.most is None else timed.most)


def _since_six(at_s: float) -> float:
    return (at_s - DAY_BEGINS_S) % DAY_S


def _watches(scaling: LaneScaling, queue: Queue, setting: Setting) -> Iterator[Watch]:
    if scaling.foresees:
        yield Foresight(queue, scaling, setting.machine, setting.period_s)
    if scaling.tracking is not None:
        yield TrackingWatch(scaling.tracking)
    for alarm in scaling.alarms:
        yield AlarmWatch(alarm)
