"""Nothing of an erased call comes back, whoever works on it meanwhile."""

import functools
from dataclasses import dataclass

import pytest
from fakes import MemoryWorld
from privacy.returning import Erasing

from shared.erasure import is_erased

RACES = 200
"""Some; `python -m privacy --races 1000` runs as many as it is told."""


@functools.cache
def raced() -> list[Erasing]:
    return [Erasing(seed).run() for seed in range(RACES)]


def test_nothing_comes_back_to_an_erased_call():
    races = raced()

    assert [one.seed for one in races if one.swept] == []
    assert all(is_erased(one.row) and one.row.reference is None and one.row.checkpoint is None for one in races)


def test_only_the_dead_leave_something_for_the_sweeps():
    races = raced()

    assert [one.seed for one in races if one.left and not one.has_died] == []


def test_the_dead_do_leave_something():
    assert any(one.left for one in raced())


@dataclass
class Forgetful(MemoryWorld):
    """Leaves what lies under one prefix."""

    prefix: str = ""

    def _DeleteVersions(self, intent):
        return 0 if intent.prefix.startswith(self.prefix) else super()._DeleteVersions(intent)


@pytest.mark.parametrize("prefix", ["audio/", "requests/", "transcripts/", "listening/", "work/"])
def test_a_step_that_leaves_something_is_seen(prefix):
    races = [Erasing(seed, Forgetful(prefix=prefix)).run() for seed in range(20)]

    assert {key.split("/")[0] for one in races for key in one.swept} == {prefix.rstrip("/")}
