"""No file, however made, brings the decoder down: a named error or a recording, nothing opened, the next one decodes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from audio.files import best_decoder, decode, encoded
from audio.samples import SAMPLES, name_of

from shared.errors import jobs
from worker.audio.recording import Recording

GOOD = encoded("flac", "flac", 8_000)
MUTATIONS_A_SAMPLE = 5
SEEDED = [sample for sample in SAMPLES if sample.codec not in {"pcm_s24le", "pcm_s32le", "pcm_f64le"}]


def outcome(data):
    """The recording, or the code of the error; anything else goes on up."""
    try:
        return decode(data)
    except jobs.JobError as error:
        return error.code


def mutated(data, random):
    """`data` with bytes changed, or a part taken out, doubled or cut off: in its first half kilobyte every other time."""
    at = int(random.integers(0, min(len(data), 512) if random.random() < 0.5 else len(data)))
    length = int(random.integers(1, 64))
    match int(random.integers(0, 4)):
        case 0:
            return data[:at] + random.bytes(length) + data[at + length :]
        case 1:
            return data[:at] + data[at + length :]
        case 2:
            return data[: at + length] + data[at:]
    return data[:at]


@pytest.mark.parametrize("sample", SEEDED, ids=name_of)
def test_mutations_end_in_a_recording_or_an_error(sample):
    random = np.random.default_rng(SEEDED.index(sample))
    files = [mutated(sample.make(), random) for _ in range(MUTATIONS_A_SAMPLE)]

    outcomes = [outcome(data) for data in files]

    assert all(isinstance(it, Recording | str) for it in outcomes)
    assert "decode_timeout" not in outcomes
    assert decode(GOOD).duration_s == 1.0


@pytest.mark.parametrize("sample", SEEDED, ids=name_of)
def test_a_header_that_ends_early_is_an_error_or_short(sample):
    whole = sample.make()

    outcomes = [outcome(whole[:size]) for size in (1, 3, 12, 40, 90)]

    lengths_s = [it.duration_s for it in outcomes if isinstance(it, Recording)]
    assert all(length_s < 0.2 for length_s in lengths_s)
    assert outcomes[0] == "unsupported_format"


def silence_without_length(duration_s):
    """AMR frames that say `no data`: a byte for 20 ms, the smallest a call can be, and no header tells the length."""
    return b"#!AMR\n" + b"\x7c" * 50 * duration_s


def test_a_day_that_nothing_declares_stops_at_the_cap():
    call = silence_without_length(24 * 3_600)

    with pytest.raises(jobs.AudioTooLong):
        decode(call, replace(best_decoder(), max_duration_s=120.0))


def test_no_descriptor_is_left_behind():
    decode(GOOD)
    before = len(list(Path("/dev/fd").iterdir()))

    for data in (GOOD, b"ID3 nothing", GOOD[:100], silence_without_length(60)):
        outcome(data)

    assert len(list(Path("/dev/fd").iterdir())) == before
