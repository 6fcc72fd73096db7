"""Compares what was recognised with what was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_A_WORD = re.compile(r"[^\w\s']|_")


def words_of(text: str) -> list[str]:
    """Split into words without case and punctuation."""
    return NOT_A_WORD.sub(" ", text.lower().replace("\u2019", "'")).split()


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Count the substitutions, deletions and insertions between two lists of words."""
    return _table(said, heard)[-1][-1]


def matches(said: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Pair the places of words that a best alignment finds equal."""
    table = _table(said, heard)
    row, column = len(said), len(heard)
    pairs = []
    while row and column:
        equal = said[row - 1] == heard[column - 1]
        if equal and table[row][column] == table[row - 1][column - 1]:
            pairs.append((row - 1, column - 1))
        steps = [
            (table[row - 1][column - 1], row - 1, column - 1),
            (table[row - 1][column], row - 1, column),
            (table[row][column - 1], row, column - 1),
        ]
        _, row, column = min(steps, key=lambda step: step[0])
    return pairs[::-1]


def _table(said: Sequence[str], heard: Sequence[str]) -> list[list[int]]:
    """Levenshtein's table, rows for `said`."""
    rows = [list(range(len(heard) + 1))]
    for number, word in enumerate(said, 1):
        row = [number]
        for place, other in enumerate(heard):
            above = rows[-1]
            row.append(min(above[place] + (word != other), above[place + 1] + 1, row[-1] + 1))
        rows.append(row)
    return rows
