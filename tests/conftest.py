"""What every test may ask for: a memory world, and jobs in the state that a test begins with."""

import pytest
from bench import Bench
from fakes import MemoryWorld
from hypothesis import HealthCheck, settings
from jobs import Jobs

# How fast a busy machine draws inputs says nothing about what is tested.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def jobs(world) -> Jobs:
    return Jobs(world)


@pytest.fixture
def bench(world, jobs) -> Bench:
    return Bench(world, jobs)
