"""Mutants of recordings are refused for a documented reason, or decode to a call that can be true: a small run."""

from dataclasses import replace

import numpy as np
import pytest
from fuzz.audio.batches import COMMAND, Batches
from fuzz.audio.mutating import mutant
from fuzz.audio.real import decoded, decoder
from fuzz.audio.seeds import seeds
from fuzz.audio.slices import Slice, run_slice
from fuzz.audio.verdict import Verdict, heard, refused

from worker.audio.forking import ForkServer
from worker.audio.recording import Gap, Recording
from worker.audio.sandbox import Isolation

FILES = 300


@pytest.fixture(scope="module")
def sealed():
    if decoder().isolation is not Isolation.KERNEL:
        pytest.skip("needs a Linux kernel that grants an unprivileged seccomp filter")


@pytest.fixture(scope="module")
def tally(sealed):
    return run_slice(seeds(), Slice(seed=1, first=0, files=FILES, real_every=15), Batches())


@pytest.mark.needs_seccomp
def test_no_mutant_is_found_that_the_decoder_does_not_stand(tally):
    assert [(found.number, found.faults) for found in tally.findings] == []
    assert tally.files == FILES


@pytest.mark.needs_seccomp
def test_mutants_are_told_apart(tally):
    assert tally.outcomes["completed"] > FILES / 5
    assert len(tally.outcomes) >= 5


@pytest.mark.needs_seccomp
def test_a_file_has_one_verdict_together_and_alone(tally):
    assert tally.real >= FILES // 15
    assert tally.disagreed == []


@pytest.mark.needs_seccomp
def test_a_file_that_ends_its_process_goes_alone(sealed, tmp_path):
    deadly = tmp_path / "deadly.py"
    deadly.write_text("from worker.audio.child.serving import serve\nserve(lambda order: None)\n")
    batches = Batches(ForkServer((*COMMAND[:-1], str(deadly))))

    verdicts = batches.verdicts([seeds()["FLAC flac"], seeds()["WAV pcm_s16le"]])

    assert verdicts == [None, decoded(seeds()["WAV pcm_s16le"])]
    assert batches.deaths == [1]


def test_a_mutant_is_made_again_by_its_number():
    again = [mutant(seeds(), 7, number) for number in range(50)]

    assert again == [mutant(seeds(), 7, number) for number in range(50)]
    assert len(set(again)) == 50


def test_what_cannot_be_true_is_a_fault():
    recording = Recording(np.zeros((1, 16_000), np.int16), 8_000, "mp3", 1.0, 0, (Gap(0.5, 0.2),), ())

    assert heard(recording).faults == ("gaps out of order",)
    assert heard(replace(recording, gaps=(), samples=recording.samples[:, :9])).faults == ("a shape that cannot be",)


def test_an_hour_for_a_kilobyte_is_a_fault():
    assert refused("decode_timeout").faults == ("refused with decode_timeout",)
    assert refused("decode_failed") == Verdict("decode_failed")
