"""What every test may ask for: a memory world, and jobs in the state that a test begins with."""

import pytest
from bench import Bench
from fakes import MemoryWorld
from jobs import Jobs


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def jobs(world) -> Jobs:
    return Jobs(world)


@pytest.fixture
def bench(world, jobs) -> Bench:
    return Bench(world, jobs)
