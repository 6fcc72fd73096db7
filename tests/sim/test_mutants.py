"""Every safeguard of the protocol is needed: without it, the simulator finds a broken promise within 2,000 schedules."""

import pytest
from sim.mutants import everyone
from sim.mutating import hunt

GROUPS = [everyone()[first::4] for first in range(4)]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0][0])
def test_every_mutant_is_caught(group):
    caught = hunt(list(group), schedules=2_000)

    missed = [names for names, one in zip(group, caught, strict=True) if not one.rule]
    assert missed == []


def test_the_protocol_itself_is_not_caught():
    caught = hunt([()], schedules=100)

    assert [(one.schedules, one.rule) for one in caught] == [(100, "")]
