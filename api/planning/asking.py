"""From a question to its answer: the days are drawn, every policy plays them, the hours are priced."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, inf

from api.planning.answers import LaneAnswer, Report, SizeAnswer, hours, waits_of
from api.planning.costs import MONTH_DAYS, Market, Prices, Volume, gpu_usd, other_usd
from api.planning.demand import DAY_BEGINS_S, HOUR_S, Calls, Day, Lengths
from api.planning.fleet import LIVE, NIGHT, Fleet
from api.planning.formulas import effective_r, mean_wait_s, night_workers
from api.planning.policies import Case, case
from api.planning.policies.adapting import pools_for, raised, setting_for
from api.planning.question import PolicyName, Question
from api.planning.simulation import Played, play


@dataclass(frozen=True, slots=True)
class Scene:
    """A question with all that it is asked about; `trace`: a real day instead of drawn ones."""

    question: Question
    fleet: Fleet
    market: Market
    trace: Calls | None = None

    def day(self, reps: int) -> Day:
        """The day of so many reps; the night grows with them unless it was given."""
        question, load = self.question, self.fleet.responsive.load
        lengths = Lengths(
            mean_s=question.minutes * 60, sigma=question.sigma, shortest_s=question.shortest, longest_s=question.longest
        )
        night_hours = load.night_hours * reps / load.reps if question.night is None else question.night
        return Day(
            reps=reps, calls_per_rep=question.calls, lengths=lengths, hours=question.hours, night_hours=night_hours,
            night_at_h=load.night_at_h, night_due_h=load.night_due_h,
        )  # fmt: skip

    def drawn(self, day: Day) -> list[Calls]:
        """The days that every policy plays."""
        return [self.trace or day.drawn(seed) for seed in range(self.question.seeds)]

    def live(self, name: PolicyName, reps: int) -> tuple[Case, list[Played]]:
        """The live lane of one size under one policy."""
        day = self.day(reps)
        made = case(name, self.fleet, self.question, day)
        return made, [play(calls, made.scaling, made.setting, seed) for seed, calls in enumerate(self.drawn(day))]


def scene(question: Question, fleet: Fleet, prices: Prices, trace: Calls | None = None) -> Scene:
    """Put a question where it is answered.

    Raises:
        NoPrice: region or instance type is not in the price file.
    """
    planned = fleet.responsive
    region, instance = question.region or planned.region, question.instance or planned.instance_type
    return Scene(question, fleet, prices.market(region, instance, question.egress or planned.egress), trace)


def ask(at: Scene, tell: Callable[[str], object] = lambda _: None) -> Report:
    """Play and price everything; `tell` is called before each step with what comes next."""
    question, sizes = at.question, []
    for reps in question.reps:
        lanes = []
        for name in question.policy:
            tell(f"{reps} reps, {name}")
            lanes.append(live_answer(at, name, reps))
        tell(f"{reps} reps, the night")
        lanes.append(night_answer(at, reps))
        sizes.append(_size(at, reps, lanes))
    return Report(
        prices_as_of=at.market.prices.as_of,
        region=at.market.region,
        instance=at.market.instance,
        egress=at.market.egress,
        days=question.days,
        seeds=question.seeds,
        sizes=tuple(sizes),
    )


def live_answer(at: Scene, name: PolicyName, reps: int) -> LaneAnswer:
    """Waits, hours and money of the live lane."""
    day = at.day(reps)
    drawn, (made, days) = at.drawn(day), at.live(name, reps)
    rate = effective_r(made.setting.machine, day.lengths.mean_s)
    workers, simulated_s = _busiest_hour(drawn, days, day)
    formula_s = mean_wait_s(day.peak_load, workers, rate, day.lengths) if workers else inf
    answer = _answer(name, LIVE, made, drawn, days)
    queue = {"queue_formula_s": None if formula_s == inf else formula_s, "queue_simulated_s": simulated_s}
    return _priced(at, made, answer.model_copy(update=queue))


def night_answer(at: Scene, reps: int) -> LaneAnswer:
    """The same of the batch lane: its calls are all queued at once and due in the morning."""
    day, planned = at.day(reps), at.fleet.responsive
    lane, setting = planned.lanes[NIGHT], setting_for(planned, at.question)
    most = night_workers(day, effective_r(setting.machine, day.lengths.mean_s))
    at_night = tuple(timed for timed in lane.timetable if timed.at_s == day.night_at_h * HOUR_S)
    by_day = tuple(timed for timed in lane.timetable if timed not in at_night)
    grown = raised(lane.model_copy(update={"timetable": at_night}), most)
    grown = grown.model_copy(update={"timetable": (*grown.timetable, *by_day), "goal_s": day.night_s})
    made = Case(grown, pools_for(setting, lane.most, most))
    drawn = [day.drawn_night(seed) for seed in range(at.question.seeds)]
    due_at_s = day.night_due_h * HOUR_S
    days = [play(calls, grown, made.setting, seed, due_at_s) for seed, calls in enumerate(drawn)]
    return _priced(at, made, _answer("night", NIGHT, made, drawn, days))


def _answer(name: str, lane: str, made: Case, drawn: Sequence[Calls], days: Sequence[Played]) -> LaneAnswer:
    goal_s = made.scaling.goal_s
    return LaneAnswer(
        policy=name,
        lane=lane,
        goal_s=goal_s,
        most=made.scaling.most,
        calls=_mean(len(calls.at_s) for calls in drawn),
        call_hours=_mean(calls.hours for calls in drawn),
        waits=waits_of(days),
        misses=_mean(sum(wait > goal_s for wait in day.waits_s) for day in days),
        billed_h=hours(days, "billed_s"),
        busy_h=hours(days, "busy_s"),
        on_demand_h=hours(days, "on_demand_s"),
        spot_h=hours(days, "spot_s"),
        starts=_mean(day.starts for day in days),
        largest_queue=max(day.largest_queue for day in days),
        notes=made.notes,
    )


def _priced(at: Scene, made: Case, answer: LaneAnswer) -> LaneAnswer:
    volume = _volume(made, answer, at.question.days)
    gpus = gpu_usd(volume, at.market.gpu)
    total = gpus + sum(other_usd(volume, at.market).values())
    per = max(volume.call_hours, 1e-9)
    money = {"gpu_usd_month": gpus, "gpu_usd_call_hour": gpus / per, "usd_month": total, "usd_call_hour": total / per}
    return answer.model_copy(update=money)


def _volume(made: Case, answer: LaneAnswer, days: float) -> Volume:
    """A month: working days, and where workers stand day and night, the other days too."""
    off_h = (MONTH_DAYS - days) * 24 * made.scaling.least if made.never_rests else 0.0
    share = answer.on_demand_h / answer.billed_h if answer.billed_h else 1.0
    return Volume(
        calls=answer.calls * days,
        call_hours=answer.call_hours * days,
        on_demand_h=answer.on_demand_h * days + off_h * share,
        spot_h=answer.spot_h * days + off_h * (1 - share),
    )


def _size(at: Scene, reps: int, lanes: Sequence[LaneAnswer]) -> SizeAnswer:
    days, live = at.question.days, lanes[0]
    month = Volume(calls=live.calls * days, call_hours=live.call_hours * days)
    return SizeAnswer(
        reps=reps,
        call_hours_month=month.call_hours,
        lanes=tuple(lanes),
        others_usd=other_usd(month, at.market),
        vendors_usd={name: vendor.usd(month.call_hours) for name, vendor in at.market.prices.vendors.items()},
    )


def _busiest_hour(drawn: Sequence[Calls], days: Sequence[Played], day: Day) -> tuple[int, float]:
    """Workers, rounded up, and the mean wait in the hour with most calls."""
    begins = day.hours.index(max(day.hours)) * HOUR_S
    begins += 0 if begins >= DAY_BEGINS_S else 24 * HOUR_S
    there = [one.workers for played in days for one in played.moments if begins <= one.at_s < begins + HOUR_S]
    waits = [
        wait
        for calls, played in zip(drawn, days, strict=True)
        for at_s, wait in zip(calls.at_s, played.waits_s, strict=True)
        if begins <= at_s < begins + HOUR_S and wait < inf
    ]
    return ceil(_mean(there)), _mean(waits)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
