"""A run of atheris over every harness, some at a time; what is not stood becomes a file that is tried for ever."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fuzz.guided.harnesses import NAMES, harness
from fuzz.keeping import keep

ROOT = Path(__file__).parents[3]
CORPORA = ROOT / "build" / "fuzz"
"""Inputs that reached new ground stay here between runs; git ignores them."""
SLOWEST_S = 10
MOST_MEGABYTES = 2_048
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True)
class Hunt:
    """How long each harness is fuzzed, by which seed, and how many at a time."""

    seconds: int
    seed: int
    side_by_side: int
    names: Sequence[str] = NAMES


@dataclass(frozen=True)
class Catch:
    """What came of one harness: inputs tried, edges reached, files kept of what was not stood, and what was said."""

    name: str
    executed: int
    covered: int
    found: tuple[Path, ...]
    ok: bool
    said: str


def guide(hunt: Hunt) -> bool:
    """Fuzz every harness and say what came of it; whether nothing was found."""
    print(f"\natheris: {len(hunt.names)} harnesses, {hunt.seconds} s each, seed {hunt.seed}", flush=True)
    with ThreadPoolExecutor(hunt.side_by_side) as pool:
        catches = list(pool.map(lambda name: _told(_hunt(name, hunt)), hunt.names))
    print(f"  {sum(catch.executed for catch in catches):,} inputs in all")
    return all(catch.ok for catch in catches)


def _hunt(name: str, hunt: Hunt) -> Catch:
    corpus = CORPORA / name
    corpus.mkdir(parents=True, exist_ok=True)
    # What was found is not among them: the tests try it, and it would end the hunt before it began.
    for data in harness(name).seeds():
        (corpus / sha256(data).hexdigest()[:16]).write_bytes(data)
    with tempfile.TemporaryDirectory() as caught:
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "fuzz.guided.hunting", name, str(corpus), f"-artifact_prefix={caught}/"),
                *(f"-max_total_time={hunt.seconds}", f"-seed={hunt.seed}", f"-timeout={SLOWEST_S}"),
                *(f"-rss_limit_mb={MOST_MEGABYTES}", "-print_final_stats=1"),
            ],
            capture_output=True, text=True, errors="replace", check=False,
            env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        found = tuple(keep(name, path.read_bytes()) for path in sorted(Path(caught).iterdir()))
    return _catch(name, ended, found)


def _catch(name: str, ended: subprocess.CompletedProcess[str], found: tuple[Path, ...]) -> Catch:
    executed = EXECUTED.findall(ended.stderr)
    covered = COVERED.findall(ended.stderr)
    # Lines of progress begin with the number of the input.
    said = "\n".join(line for line in (ended.stdout + ended.stderr).splitlines() if not line.startswith("#"))
    is_ok = ended.returncode == 0 and not found and bool(executed)
    return Catch(name, int((executed or [0])[-1]), int((covered or [0])[-1]), found, is_ok, said)


def _told(catch: Catch) -> Catch:
    print(
        f"  {catch.name:<16}{catch.executed:>12,} inputs{catch.covered:>8,} edges  {'' if catch.ok else 'FOUND'}",
        flush=True,
    )
    for path in catch.found:
        print(f"    {path}")
    if not catch.ok:
        print("    " + "\n    ".join(catch.said.splitlines()[-30:]))
    return catch
