"""All bad recordings, by number. The numbers of the first 88 are kept; a letter is a variant of the one before it."""

import re

from corpus.entries import Entry
from corpus.families import boxes, damage, lies, long, riff, strangers, streams, texts

FAMILIES = (strangers, riff, texts, damage, lies, boxes, streams, long)


def _place(entry: Entry) -> tuple[int, str]:
    number, letter = re.fullmatch(r"(\d+)([a-z]?)", entry.number).groups()
    return int(number), letter


CORPUS: tuple[Entry, ...] = tuple(sorted((entry for family in FAMILIES for entry in family.ENTRIES), key=_place))
