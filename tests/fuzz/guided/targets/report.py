"""The reader of the decoding process: what a process that was taken over says makes a true recording, or an error."""

import json
from contextlib import suppress

import numpy as np
from fuzz.audio.verdict import heard

from shared.containers import Container
from shared.errors.jobs import JobError
from worker.audio.parent import _parsed
from worker.audio.recording import SampleStore
from worker.audio.report import judge, read_facts
from worker.audio.sources import Source

MOST_BYTES = 4_096
FACTS = {"codec": "mp3", "sample_rate_hz": 8_000, "channels": 1, "declared_s": 1.0}
SOURCE = Source(Container.MP3, 0, 0, is_cut=True, is_followed=True)


def seeds():
    for gaps in ([], [[0.1, 0.3], [0.5, 0.6]], [[0, 1e400]], [["0.1", "nan"]], "ab", {"12": 3}):
        report = {"bad_packets": 0, "gaps": gaps, "warnings": ["parameters_changed"]}
        yield f"{json.dumps(FACTS)}\n{json.dumps(report)}".encode()
    yield b"[" * 3_000


def take(data):
    facts_line, _, report_line = data.partition(b"\n")
    with suppress(JobError):
        facts = read_facts(_parsed(facts_line))
        store = SampleStore(facts.channels, 2.0)
        store.append(np.zeros((facts.channels, 16_000), np.int16))
        assert heard(judge(store.samples(), facts, _parsed(report_line), SOURCE)).faults == ()
