"""Limiting: what a tenant may ask for a second, how much it may send a day, and what it is told beyond that."""

import dataclasses
from dataclasses import dataclass, field

import pytest
from contract.caller import NOW, Caller, settings

from api.access.allowances import Rates, require_room, take_audio
from shared.errors.requests import QueueFull, QuotaExceeded, RateLimited
from shared.job import DAY_S, Key
from shared.protocol.intents import ChangeRow

RATES = {"submits_per_s": 1.0, "submit_burst": 5, "reads_per_s": 100.0, "read_burst": 20}
SUBMITS = Key.of_allowance("sales", "submits")


@dataclass
class Heard:
    """An observer that keeps what it is told."""

    told: list = field(default_factory=list)

    def tell(self, name, **fields):
        self.told.append((name, fields))


@dataclass
class Limited(Caller):
    """A caller of a deployment with small limits."""

    limits: dict = field(default_factory=lambda: dict(RATES))

    def parts(self):
        return dataclasses.replace(super().parts(), settings=settings().model_copy(update=self.limits))


@pytest.fixture
def parts(world):
    caller = Limited(world)
    return dataclasses.replace(caller.parts(), observer=Heard())


def later(parts, seconds):
    return dataclasses.replace(parts, now=lambda: NOW + seconds)


def passes(rates, parts, times, name="submits", tenant="sales"):
    """How many of `times` requests pass, one after the other."""
    passed = 0
    for _ in range(times):
        try:
            rates.take(tenant, name, parts)
        except RateLimited:
            continue
        passed += 1
    return passed


def with_limits(parts, **limits):
    return dataclasses.replace(parts, settings=parts.settings.model_copy(update=limits))


def counted(world):
    """The intents that reach `world` from now on."""
    asked = []
    world.before.append(lambda _, intent: asked.append(intent))
    return asked


def test_a_burst_passes_and_no_more(parts):
    assert passes(Rates(), parts, 8) == 5


def test_a_bucket_fills_again_by_its_rate(parts):
    rates = Rates()
    passes(rates, parts, 8)

    assert passes(rates, later(parts, 3), 8) == 3
    assert passes(rates, later(parts, 1_000), 8) == 5


def test_the_answer_says_when_to_come_again(parts):
    rates, slow = Rates(), with_limits(parts, submits_per_s=0.4)
    passes(rates, slow, 5)

    with pytest.raises(RateLimited) as refused:
        rates.take("sales", "submits", slow)

    assert refused.value.facts["retry_after_s"] == 3
    assert passes(rates, later(slow, 2), 1) == 0
    assert passes(rates, later(slow, 3), 1) == 1


def test_a_refusal_is_told_with_its_limit(parts):
    passes(Rates(), parts, 6)

    assert parts.observer.told == [("limit_reached", {"tenant": "sales", "limit": "submits"})]


def test_processes_share_one_bucket(parts):
    processes = [Rates() for _ in range(4)]

    passed = [passes(processes[turn % 4], parts, 1) for turn in range(30)]

    assert sum(passed) == 5


def test_processes_together_keep_the_rate(parts):
    fast, processes = with_limits(parts, submits_per_s=40.0, submit_burst=40), [Rates() for _ in range(4)]

    passed = sum(passes(processes[n % 4], later(fast, n / 100), 1) for n in range(1_000))

    # Ten seconds of the rate and the burst; the last leases may lie in other hands.
    assert 440 - 4 * 2 <= passed <= 440


def test_limits_are_apart_by_tenant_and_kind(parts):
    rates = Rates()
    passes(rates, parts, 6)

    assert passes(rates, parts, 1, tenant="support") == 1
    assert passes(rates, parts, 1, name="reads") == 1


def test_a_request_with_a_lease_asks_no_table(parts, world):
    rates = Rates()
    rates.take("sales", "reads", parts)
    asked = counted(world)

    assert passes(rates, parts, 4, name="reads") == 4
    assert asked == []
    assert (passes(rates, parts, 1, name="reads"), len(asked)) == (1, 1)


def test_an_empty_bucket_is_not_asked_for_again(parts, world):
    rates = Rates()
    passes(rates, parts, 6)
    asked = counted(world)

    assert passes(rates, parts, 50) == 0
    assert asked == []


def test_a_lease_lasts_until_it_is_used(parts):
    rates = Rates()
    rates.take("sales", "reads", parts)

    assert passes(rates, later(parts, 3_600), 4, name="reads") == 4


def test_a_table_out_of_reach_lets_requests_pass(parts, world):
    world.is_out_of_reach = True

    assert passes(Rates(), parts, 50) == 50


def test_equal_writes_of_two_processes_take_twice(parts, world):
    first, second = Rates(), Rates()
    first.take("sales", "submits", parts)
    second.take("sales", "submits", parts)
    world.before.append(once(lambda: first.take("sales", "submits", parts)))

    second.take("sales", "submits", parts)

    assert world.rows[SUBMITS]["tokens"] == 1


def test_a_request_that_always_comes_second_passes(parts, world):
    world.before.append(overtaking(SUBMITS))

    assert passes(Rates(), parts, 1) == 1


def test_a_bucket_that_is_gone_is_full(parts, world):
    rates = Rates()
    passes(rates, parts, 4)
    world.rows.clear()

    assert passes(rates, parts, 8) == 5


def test_a_clock_that_lags_fills_nothing(parts):
    ahead, behind = Rates(), Rates()
    passes(ahead, later(parts, 60), 5)

    assert passes(behind, parts, 5) == 0


def test_too_many_requests_are_a_429(world):
    caller = Limited(world, tenant="limited", scopes=("jobs:write",))
    answers = [caller.submit() for _ in range(6)]

    assert [answer.status for answer in answers] == [202] * 5 + [429]
    assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("rate_limited", "1")
    caller.clock[0] += 1
    assert caller.submit().status == 202


def test_a_full_queue_takes_no_more(parts):
    few = with_limits(parts, live_jobs_max=2)
    require_room("sales", 1, few)

    with pytest.raises(QueueFull) as refused:
        require_room("sales", 2, few)

    assert refused.value.facts["retry_after_s"] > 0


def test_the_hours_of_a_day_are_counted(parts, world):
    day = with_limits(parts, audio_hours_per_day=1.0)
    take_audio("sales", 1_800.2, day)
    take_audio("sales", 1_799, day)

    with pytest.raises(QuotaExceeded):
        take_audio("sales", 1, day)

    take_audio("support", 3_600, day)
    assert world.rows[Key.of_allowance("sales", "audio#2026-01-15")]["used_s"] == 3_600


def test_a_refused_call_is_not_counted(parts):
    day = with_limits(parts, audio_hours_per_day=1.0)
    take_audio("sales", 3_000, day)

    with pytest.raises(QuotaExceeded):
        take_audio("sales", 601, day)

    take_audio("sales", 600, day)


def test_a_call_longer_than_the_day_is_refused(parts):
    with pytest.raises(QuotaExceeded):
        take_audio("sales", 3_601, with_limits(parts, audio_hours_per_day=1.0))


def test_hours_are_counted_anew_from_midnight(parts):
    day = with_limits(parts, audio_hours_per_day=1.0)
    take_audio("sales", 3_600, day)

    with pytest.raises(QuotaExceeded) as refused:
        take_audio("sales", 1, day)

    wait_s = refused.value.facts["retry_after_s"]
    assert (NOW + wait_s) // DAY_S == NOW // DAY_S + 1
    take_audio("sales", 3_600, later(day, wait_s))


def test_two_first_calls_of_a_day_both_count(parts, world):
    world.before.append(once(lambda: take_audio("sales", 60, parts)))

    take_audio("sales", 40, parts)

    assert world.rows[Key.of_allowance("sales", "audio#2026-01-15")]["used_s"] == 7_200


def once(act):
    """A hook that does `act` before the first change, as another process might."""
    done = []

    def hook(_, intent):
        if isinstance(intent, ChangeRow) and not done:
            done.append(intent)
            act()

    return hook


def overtaking(key):
    """A hook by which another process comes first before every change of the row at `key`."""

    def hook(world, intent):
        if isinstance(intent, ChangeRow) and key in world.rows:
            world.rows[key]["version"] += 1

    return hook
