"""Hours by the clock and by area, from the commit history: `python tests/hours.py`.

A commit stands for the time since the one before it, `LONGEST_S` at most: a longer gap was a break, and counts
`FIRST_S`. Its time is spread over the areas it touches, by lines added and removed; locks, data and pictures count
nothing. It is the time of the clock: parts that were built side by side share it.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_S = 100 * 60
FIRST_S = 30 * 60
UNREAD = (".txt", ".json", ".jsonl", ".gz", ".svg", ".png", ".wav", ".mp3", ".ogg", ".bin", ".safetensors", ".hcl")
AREAS = (
    ("tests/", "tests, harnesses, benchmarks"),
    ("infra/", "infrastructure"),
    (".github/", "infrastructure"),
    ("docker/", "infrastructure"),
    ("worker/models/", "the shipped model"),
    ("worker/speech/", "speech and engine"),
    ("worker/text/", "speech and engine"),
    ("worker/audio/", "decoding"),
    ("worker/", "job protocol and worker"),
    ("shared/protocol/", "job protocol and worker"),
    ("shared/job/", "job protocol and worker"),
    ("shared/emulator/", "local stack and command line"),
    ("shared/capacity/", "capacity and cost"),
    ("shared/", "shared ground"),
    ("api/planning/", "capacity and cost"),
    ("api/cli/", "local stack and command line"),
    ("api/local/", "local stack and command line"),
    ("api/client/", "local stack and command line"),
    ("api/", "contract, API and webhooks"),
    ("", "documents and project"),
)


@dataclass(frozen=True, slots=True)
class Commit:
    """`at`: epoch seconds; `lines`: changed lines by path."""

    at: int
    lines: dict[str, int]


def history(root: Path) -> Iterator[Commit]:
    """The commits of the branch, the first one first."""
    told = subprocess.run(
        ["git", "log", "--reverse", "--no-merges", "--numstat", "--no-renames", "--format=@%at"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for block in told.split("@")[1:]:
        at, *changes = block.strip().splitlines()
        rows = [change.split("\t") for change in changes if change.count("\t") == 2]
        yield Commit(int(at), {path: int(more) + int(less) for more, less, path in rows if more.isdigit()})


def hours(commits: Iterable[Commit]) -> Counter[str]:
    """Hours by area."""
    spent, before = Counter[str](), None
    for commit in commits:
        gap_s = FIRST_S if before is None or commit.at - before > LONGEST_S else commit.at - before
        before = commit.at
        touched = _by_area(commit.lines) or Counter({area_of("README.md"): 1})
        for area, lines in touched.items():
            spent[area] += gap_s / 3_600 * lines / touched.total()
    return spent


def _by_area(lines: dict[str, int]) -> Counter[str]:
    touched = Counter[str]()
    for path, changed in lines.items():
        if not path.endswith(UNREAD) and changed:
            touched[area_of(path)] += changed
    return touched


def area_of(path: str) -> str:
    """The area of a file."""
    return next(area for prefix, area in AREAS if path.startswith(prefix))


def main() -> None:
    """Print the table."""
    spent = hours(history(Path(__file__).parent.parent))
    for area, share_h in spent.most_common():
        sys.stdout.write(f"{area:<32} {share_h:5.1f} h  {share_h / spent.total():4.0%}\n")
    sys.stdout.write(f"{'all':<32} {spent.total():5.1f} h\n")


if __name__ == "__main__":
    main()
