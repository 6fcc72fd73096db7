"""`python -m corpus`: every bad recording through the real decoder, with what it cost, against the promises.

A refusal takes at most 2 s and 128 MB, where only decoding shows that a length lies 15 s; a call that is accepted
takes its samples and 64 MB. What is no speech is transcribed too, and must become no text. With `--trace` the
decoding processes run under strace, which must see them open no file and no socket and start no process; the times
then are not held against them. Exit code 1 after any miss.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from corpus.entries import Entry
from corpus.library import Library, watched_decoder
from corpus.listening import NO_SPEECH, listener
from corpus.listing import CORPUS
from corpus.measuring import MEGABYTE, Seen, seen
from corpus.patience import waiting
from corpus.tracing import Tracer

REFUSED_WITHIN_S, LIE_WITHIN_S = 2.0, 15.0
REFUSED_WITHIN_BYTES = 128 * MEGABYTE
AROUND_SAMPLES_BYTES = 64 * MEGABYTE
ROW = "{:>4} {:<38} {:<37} {:<37} {:>7} {:>7} {:>9} {:>10}  {}"
HEAD = ROW.format("", "input", "expected", "got", "wall s", "CPU s", "child MB", "parent MB", "missed")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m corpus", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--only", nargs="+", metavar="NUMBER", help="of the inputs only these, as 58 58b")
    asked.add_argument("--trace", action="store_true", help="count the calls of the decoding processes with strace")
    options = asked.parse_args()
    entries = [entry for entry in CORPUS if not options.only or entry.number in options.only]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tracer = Tracer(folder) if options.trace else None
        decoder = tracer.decoder if tracer else watched_decoder()
        engine = stack.enter_context(listener())

        def look(entry: Entry, file: BinaryIO) -> tuple[Seen, list[str]]:
            found = seen(decoder, file)
            text = engine.transcript(file).text if entry.number in NO_SPEECH else ""
            return found, missing(entry, found, text, is_timed=tracer is None)

        missed = table(entries, Library(folder), look)
        calls = tracer.calls() if tracer else {}
    print(f"\n{len(entries)} inputs, {missed} missed")
    if tracer:
        print(f"{tracer.processes} decoding processes made {sum(calls.values())} forbidden calls {calls or ''}")
    return 1 if missed or calls else 0


def table(entries: list[Entry], library: Library, look: Callable[[Entry, BinaryIO], tuple[Seen, list[str]]]) -> int:
    """A row for each input; how many were missed."""
    print(HEAD)
    missed = 0
    for entry in entries:
        with waiting(str(entry)), library.open(entry) as file:
            found, misses = look(entry, file)
        missed += bool(misses)
        print(row(entry, found, misses), flush=True)
    return missed


def missing(entry: Entry, found: Seen, text: str, *, is_timed: bool) -> list[str]:
    """What of the promises is not kept."""
    limit_s = LIE_WITHIN_S if entry.lies else REFUSED_WITHIN_S
    limit = REFUSED_WITHIN_BYTES if entry.codes else found.samples_bytes + AROUND_SAMPLES_BYTES
    checks = {
        "another outcome": not found.fits(entry),
        "text of no speech": text != "",
        f"over {limit_s:.0f} s": is_timed and bool(entry.codes) and found.wall_s > limit_s,
        "memory of the parent": found.parent_bytes > limit,
        "memory of the child": found.child_bytes > REFUSED_WITHIN_BYTES,
    }
    return [miss for miss, is_missed in checks.items() if is_missed]


def row(entry: Entry, found: Seen, misses: list[str]) -> str:
    sizes = (f"{size / MEGABYTE:.0f}" if size else "-" for size in (found.child_bytes, found.parent_bytes))
    times = (f"{found.wall_s:.2f}", f"{found.cpu_s:.2f}")
    return ROW.format(entry.number, entry.name, entry.expected, found.got, *times, *sizes, ", ".join(misses)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
