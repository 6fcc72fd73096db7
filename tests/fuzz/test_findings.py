"""Every input that a fuzzer is led by, and every one that was not stood once, is stood now: no fuzzer needed."""

import pytest
from fuzz.audio.real import measured
from fuzz.guided.harnesses import NAMES, harness
from fuzz.keeping import KEPT, kept

FOUND = {f"{name} {path.name}": (name, path) for name in NAMES for path in kept(name)}


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_stands_what_leads_the_fuzzer(name):
    reader = harness(name)

    for data in reader.seeds():
        reader.take(data)


@pytest.mark.parametrize(("name", "path"), FOUND.values(), ids=FOUND.keys())
def test_a_reader_stands_what_was_found(name, path):
    harness(name).take(path.read_bytes())


def test_the_decoder_stands_what_was_found():
    verdicts = {path.name: measured(path.read_bytes())[0] for path in kept("audio")}

    assert {name: verdict.faults for name, verdict in verdicts.items() if verdict.faults} == {}


def test_every_finding_belongs_to_a_harness():
    assert {folder.name for folder in KEPT.iterdir()} <= {*NAMES, "audio"}
