"""What a test of the page may ask for; each has a context of its own in the browser that all share."""

from functools import partial
from pathlib import Path

import pytest
from console.stage.house import HOUSE, PATIENCE_MS, watched
from console.stage.visitor import enter
from playwright.sync_api import expect

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    result = yield
    if nextitem is None or HERE not in nextitem.path.parents:
        HOUSE.close()
    return result


def pytest_sessionfinish():
    """After `-x` there was a next test that never came."""
    HOUSE.close()


@pytest.fixture
def browser():
    return HOUSE.browser


@pytest.fixture
def service(browser):
    """The service; without a browser nobody waits for it."""
    return HOUSE.service


@pytest.fixture
def call(service):
    """A finished call that nobody changes."""
    return HOUSE.call


@pytest.fixture
def watch():
    """What went wrong in any page of this test, and which of it is expected."""
    with watched() as watching:
        yield watching


@pytest.fixture
def visit(service, watch):
    """`with visit(**how) as page`: a page in a fresh context."""
    return partial(HOUSE.visiting, watch)


@pytest.fixture
def page(visit):
    """The page as a new visitor finds it."""
    with visit() as one:
        yield one


@pytest.fixture
def inside(page, service):
    """The page of a visitor who gave a key."""
    enter(page, service.key)
    return page
