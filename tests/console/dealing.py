"""How tests are dealt to pytest's workers: all of this folder to the first, since they share a service and a browser.

Everything else is dealt as always: `--dist loadgroup` would have spread the tests of each module over all workers, and
made what they share once for each.
"""

from typing import Any

import pytest
from xdist.scheduler.load import LoadScheduling

FOLDER = "tests/console/"
LAST_FEW = 2
"""A worker runs a test when it knows the next one: with fewer than these left it must be given more."""


class InOnePiece(LoadScheduling):
    """Give the first worker the whole folder, at once since nothing lasts longer; then the rest to whoever is free."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self.ours: frozenset[int] = frozenset()

    def schedule(self) -> None:
        if self.collection is None and self._has_ours():
            self._deal()
        else:
            super().schedule()

    def check_schedule(self, node: Any, duration: float = 0) -> None:
        if len(self.ours.intersection(self.node2pending[node])) <= LAST_FEW:
            super().check_schedule(node, duration)

    def _has_ours(self) -> bool:
        """Whether there is something to deal apart, and enough beside it for everybody."""
        told = next(iter(self.node2collection.values()))
        self.ours = frozenset(place for place, name in enumerate(told) if name.startswith(FOLDER))
        enough = len(told) - len(self.ours) >= LAST_FEW * len(self.nodes)
        return bool(self.ours) and enough and self._check_nodes_have_same_collection()

    def _deal(self) -> None:
        self.collection = next(iter(self.node2collection.values()))
        self.maxschedchunk = self.maxschedchunk or len(self.collection)
        self.pending[:] = sorted(self.ours)
        first, *others = self.nodes
        self._send_tests(first, len(self.ours))
        self.pending[:] = [place for place in range(len(self.collection)) if place not in self.ours]
        chunk = max(LAST_FEW, min(len(self.pending) // len(self.nodes) // 4, self.maxschedchunk))
        for node in others:
            self._send_tests(node, chunk)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return InOnePiece(config, log) if config.getoption("dist") == "load" else None
