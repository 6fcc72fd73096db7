"""Every bad recording ends as the contract says, at little cost, and its decoder tries nothing that it has no use for.

`python -m corpus` adds what is slow to make, and the seconds and megabytes that are promised.
"""

import signal

import pytest
from corpus.library import strict_decoder
from corpus.listing import CORPUS
from corpus.measuring import MEGABYTE, seen

QUICK = [entry for entry in CORPUS if not entry.slow]
LAST = 88
# Promised are 2 s of wall time, 15 where a length lies; measured at most 0.17 and 0.75 s of CPU.
REFUSED_CPU_S, LIE_CPU_S = 0.6, 3.0
AROUND_SAMPLES = 64 * MEGABYTE
REFUSED = 128 * MEGABYTE


def is_cheap(entry, found):
    room = REFUSED if entry.codes else found.samples_bytes + AROUND_SAMPLES
    limit_s = LIE_CPU_S if entry.lies else REFUSED_CPU_S
    return found.cpu_s <= limit_s and found.parent_bytes <= room and found.child_bytes <= REFUSED


@pytest.mark.parametrize("entry", QUICK, ids=str)
def test_a_bad_recording_ends_as_documented(entry, library):
    with library.open(entry) as file:
        found = seen(strict_decoder(), file)

    assert found.fits(entry), f"{found.got}, {found.duration_s} s"
    assert -signal.SIGSYS not in found.statuses
    assert is_cheap(entry, found), found


def test_the_corpus_has_every_number():
    numbers = [entry.number for entry in CORPUS]

    assert len(set(numbers)) == len(numbers)
    assert {str(number) for number in range(1, LAST + 1)} <= set(numbers)
