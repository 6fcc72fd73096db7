"""The decoding process for many files, sealed as for one: mutants are decoded faster than processes are forked.

Started as `python -I sealed.py` it takes the place of the warm process. Its file holds all recordings of a batch one
after another, and from `index_at` on a JSON list of where each lies. Each is answered as one alone would be, its
report with the number of its samples; the samples themselves go out as ever.
"""

import json
import os

from shared.containers import Container
from shared.errors.jobs import DecodeMemoryLimit, JobError
from worker.audio import sandbox
from worker.audio.child.__main__ import tell, warm_up
from worker.audio.child.decoding import Decoding
from worker.audio.child.serving import serve
from worker.audio.child.sink import Sink
from worker.audio.sources import Source


def work_through(order):
    """Give up all rights, then decode one after another."""
    os.chdir(order["folder"])
    index = json.loads(os.pread(0, 1 << 26, order["index_at"]))
    sandbox.confine(sandbox.Isolation(order["isolation"]), order["max_duration_s"])
    for told in index:
        report_of(Source(**told | {"container": Container(told["container"])}), order)
    os._exit(0)


def report_of(source, order):
    sink = Sink(order["samples_descriptor"], order["max_duration_s"])
    room = sink._left
    try:
        report = Decoding(source, sink, tell).run()
    except JobError as error:
        report = {"code": error.code}
    except MemoryError:
        report = {"code": DecodeMemoryLimit.code}
    tell({"report": report, "samples": room - sink._left})


if __name__ == "__main__":
    warm_up()
    serve(work_through)
