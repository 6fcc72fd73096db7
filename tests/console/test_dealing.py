"""The tests of this folder stay together on one worker, and a browser is found or asked for."""

from types import SimpleNamespace

import pytest
from console.dealing import InOnePiece
from console.stage.browser import found, must_be_there

OURS = [f"tests/console/test_door.py::test_{number}" for number in range(30)]
OTHERS = [f"tests/test_polling.py::test_{number}" for number in range(400)]


class Worker:
    """A worker of pytest-xdist that only writes down what it is given."""

    shutting_down = False
    gateway = SimpleNamespace(id="gw")

    def __init__(self):
        self.given = []
        self.is_over = False

    def send_runtest_some(self, places):
        self.given += places

    def shutdown(self):
        self.is_over = True


@pytest.fixture
def dealt():
    """A function: the names that each of four workers is given when `told` is all there is."""

    def deal(told):
        options = {"maxschedchunk": None, "tx": ["4*popen"]}
        config = SimpleNamespace(getoption=options.get, getvalue=options.get)
        scheduler, workers = (
            InOnePiece(config, SimpleNamespace(loadsched=lambda *_: None)),
            [Worker() for _ in range(4)],
        )
        for worker in workers:
            scheduler.add_node(worker)
            scheduler.add_node_collection(worker, told)
        scheduler.schedule()
        _work(scheduler, workers)
        return [[told[place] for place in worker.given] for worker in workers]

    return deal


def _work(scheduler, workers):
    """Let each worker in turn finish a test, until all are told."""
    for _ in range(len(OURS) + len(OTHERS)):
        for worker in workers:
            if worker.given and (left := scheduler.node2pending[worker]):
                scheduler.mark_test_complete(worker, left[0])


def test_the_folder_goes_to_one_worker(dealt):
    first, *others = dealt(OTHERS + OURS)

    assert first[: len(OURS)] == OURS
    assert not set(OURS).intersection(*others)


def test_every_test_is_dealt_once(dealt):
    assert sorted(name for given in dealt(OTHERS + OURS) for name in given) == sorted(OTHERS + OURS)


def test_the_others_are_dealt_to_all(dealt):
    assert min(len(set(given) & set(OTHERS)) for given in dealt(OTHERS + OURS)) > 20


@pytest.mark.parametrize("told", [OTHERS, OURS, OURS[:3], [*OURS, *OTHERS[:3]]])
def test_what_is_not_mixed_is_dealt_as_always(dealt, told):
    assert sorted(name for given in dealt(told) for name in given) == sorted(told)


def test_a_named_browser_comes_before_the_known_ones(tmp_path):
    for name in ("chromium", "google-chrome", "mine"):
        (tmp_path / name).touch(mode=0o755)
    named = {"PATH": str(tmp_path), "CALLSCRIBE_BROWSER": str(tmp_path / "mine")}

    assert found(named) == str(tmp_path / "mine")
    assert found({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
    assert found({"PATH": ""}) is None


def test_a_build_server_skips_no_browser_test():
    assert must_be_there({"CI": "true"})
    assert not must_be_there({})
