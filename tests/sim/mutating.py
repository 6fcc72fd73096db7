"""How a process becomes a mutant: the text of a module is changed as it is imported. And how mutants are hunted."""

import importlib.abc
import importlib.machinery
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from sim.mutants import MUTANTS, Cut

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Caught:
    """After how many schedules a mutant was caught, and by which promise; an empty rule: not at all."""

    schedules: int
    rule: str
    seen: str


def hunt(mutants: list[tuple[str, ...]], schedules: int, seed: int = 1) -> list[Caught]:
    """Run schedules as each mutant in turn, in a fresh process, until one breaks a promise.

    Raises:
        CalledProcessError: a mutant itself is broken: a place was not found exactly once.
    """
    asked = ["--mutant", ",".join("+".join(names) for names in mutants)]
    ran = subprocess.run(
        [sys.executable, "-m", "sim", *asked, "--schedules", str(schedules), "--seed", str(seed)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS.parent,
        env={"PYTHONPATH": str(TESTS)},
    )
    return [Caught(**json.loads(line)) for line in ran.stdout.splitlines()]


def become(names: tuple[str, ...]) -> None:
    """Let this process import the mutated modules from now on; none of them may have been imported yet.

    Raises:
        ImportError: while importing, if a place is not found exactly once.
    """
    cuts = [cut for name in names for cut in MUTANTS[name]]
    early = [cut.module for cut in cuts if cut.module in sys.modules]
    if early:
        raise ImportError(f"imported before it could be mutated: {early}")
    sys.meta_path.insert(0, _Finder(cuts))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, cuts: list[Cut]) -> None:
        self.cuts = cuts

    def find_spec(self, fullname, path=None, target=None):
        cuts = [cut for cut in self.cuts if cut.module == fullname]
        spec = importlib.machinery.PathFinder.find_spec(fullname, path) if cuts else None
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, cuts)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, cuts: list[Cut]) -> None:
        super().__init__(fullname, path)
        self.cuts = cuts

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        for cut in self.cuts:
            if source.count(cut.text) != 1:
                raise ImportError(f"{cut.module} holds {source.count(cut.text)} times: {cut.text!r}")
            source = source.replace(cut.text, cut.becomes)
        return self.source_to_code(source.encode(), self.path)
