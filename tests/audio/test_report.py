"""What a decoding process says of a file is disbelieved until it makes sense."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.containers import Container
from shared.errors import jobs
from worker.audio.recording import Recording
from worker.audio.report import Facts, judge, read_facts
from worker.audio.sources import Source

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("parameters_changed"),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
FACTS = st.sampled_from(["codec", "sample_rate_hz", "channels", "declared_s"])
REPORT = st.sampled_from(["bad_packets", "gaps", "warnings"])


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"codec": 7},
        {"codec": "mp3", "sample_rate_hz": "8000", "channels": 1},
        {"codec": "Agent Smith said", "sample_rate_hz": 8_000, "channels": 1},
        {"codec": "m" * 1_000, "sample_rate_hz": 8_000, "channels": 1},
    ],
)
def test_nonsense_instead_of_facts_is_no_call(facts):
    with pytest.raises(jobs.DecodeFailed):
        read_facts(facts)


def _report(**changed):
    report = {"bad_packets": 0, "gaps": [], "warnings": []} | changed
    facts = Facts("mp3", 8_000, 1, 1.0)
    return judge(np.zeros((1, 16_000), np.int16), facts, report, Source(Container.MP3, 0, 0))


@pytest.mark.parametrize(
    "gaps", [None, [[0.5]], [[0.5, 0.2]], [[0.1, 0.3], [0.2, 0.4]], [[0.5, 99]], [[float("nan"), 1]]]
)
def test_gaps_that_cannot_be_are_not_believed(gaps):
    with pytest.raises(jobs.DecodeFailed):
        _report(gaps=gaps)


@pytest.mark.parametrize(
    ("changed", "is_incomplete"),
    [({}, False), ({"gaps": [[0.0, 0.009]]}, False), ({"gaps": [[0.0, 0.01]]}, True), ({"bad_packets": 1}, True)],
)
def test_ten_milliseconds_make_a_call_incomplete(changed, is_incomplete):
    recording = _report(**changed)

    assert ("audio_incomplete" in recording.warnings) is is_incomplete


@pytest.mark.parametrize("declared_s", [float("nan"), float("inf"), -1.0, "1.0", None])
def test_a_length_that_cannot_be_is_not_believed(declared_s):
    facts = read_facts({"codec": "mp3", "sample_rate_hz": 8_000, "channels": 1, "declared_s": declared_s})

    assert facts.declared_s is None


@given(said=st.dictionaries(FACTS, ANYTHING))
def test_no_facts_make_the_worker_stumble(said):
    good = {"codec": "mp3", "sample_rate_hz": 8_000, "channels": 1, "declared_s": 1.0}

    with suppress(jobs.JobError):
        assert isinstance(read_facts(good | said), Facts)


@given(said=st.dictionaries(REPORT, ANYTHING))
def test_no_report_makes_the_worker_stumble(said):
    with suppress(jobs.JobError):
        assert isinstance(_report(**said), Recording)
