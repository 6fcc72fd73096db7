"""What every test may ask for: a memory world, jobs in the state that a test begins with, and Terraform's plans."""

import functools
import tempfile
from pathlib import Path

import pytest
from bench import Bench
from console.dealing import pytest_xdist_make_scheduler  # noqa: F401 - pytest finds it here
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


@pytest.fixture
def mocked_aws(monkeypatch):
    """An empty account of moto's, in this process."""
    from moto import mock_aws  # noqa: PLC0415 - moto is slow to import, and most tests need none

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


@pytest.fixture(scope="session")
def workplace():
    """A folder for copies of the root module: what Terraform leaves there goes with it."""
    with tempfile.TemporaryDirectory(prefix="callscribe-infra-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def planning(workplace):
    """The root module before an empty moto."""
    from infra.moto import moto  # noqa: PLC0415 - as above
    from infra.terraform import Terraform  # noqa: PLC0415 - as above

    with moto() as endpoint:
        made = Terraform.copied(workplace / "planning", endpoint)
        made.init()
        yield made


@pytest.fixture(scope="session")
def plans(planning):
    """The plan of an environment by its name, made once."""
    from infra.plans import Plan  # noqa: PLC0415 - as above

    return functools.cache(lambda env: Plan(env, planning.plan(Path(f"environments/{env}.tfvars"))))
