"""The level gate: what it spares the network, and that no speech is lost by it."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from audio.files import best_decoder

from shared.job import Lane
from worker.speech.front import gate, vad
from worker.speech.front.turns import Pace, Turns
from worker.speech.progress import Progress

CALLS = Path(__file__).parents[2] / "api/console/calls"
PACE = Pace(Turns(1), Lane.BATCH, Progress())


def levels(*parts):
    """Levels of a leg from pairs of frames and dBFS."""
    return np.concatenate([np.full(frames, level, np.float32) for frames, level in parts])


def test_half_a_second_around_sound_is_heard():
    heard = gate.audible(levels((500, -70), (10, -20), (500, -70)))

    assert gate.runs(heard) == [(500 - gate.MARGIN_FRAMES, 510 + gate.MARGIN_FRAMES)]


def test_a_short_gap_is_heard_too():
    width = 2 * gate.MARGIN_FRAMES + gate.SHORTEST_GAP_FRAMES
    quiet = (1000, -70), (10, -20)

    short = gate.audible(levels(*quiet, (width - 1, -70), (10, -20), (1000, -70)))
    long = gate.audible(levels(*quiet, (width, -70), (10, -20), (1000, -70)))

    assert (len(gate.runs(short)), len(gate.runs(long))) == (1, 2)


@pytest.mark.parametrize(
    ("floor", "sound", "is_heard"),
    [(-120, -74, True), (-120, -76, False), (-70, -63, True), (-70, -65, False), (-62, -54, True), (-62, -57, False)],
)
def test_the_gate_stands_a_little_above_the_line(floor, sound, is_heard):
    heard = gate.audible(levels((500, floor), (10, sound), (500, floor)))

    assert heard.any() == is_heard


def test_a_noisy_line_is_heard_whole():
    assert gate.audible(levels((500, -60), (10, -20), (500, -60))).all()


def test_a_leg_of_nothing_has_nothing_to_hear():
    assert gate.audible(levels((0, -60))).shape == (0,)


def test_a_full_square_wave_is_at_zero():
    frames = np.array([[1, -1, 1, -1], [0.1, -0.1, 0.1, -0.1], [0, 0, 0, 0]], np.float32)

    assert np.allclose(gate.levels_dbfs(frames), [0, -20, -120])


@cache
def legs():
    """Both parties of the sample calls that are as telephony records them."""
    found = []
    for path in sorted(CALLS.glob("*.wav")):
        with path.open("rb") as audio:
            found += [leg.copy() for leg in best_decoder().decode(audio).samples]
    return found


def quieter(leg):
    return np.rint(leg * 0.1).astype(np.int16)


def noisier(level_dbfs):
    def noisy(leg):
        noise = np.random.default_rng(len(leg)).standard_normal(len(leg)) * 32768 * 10 ** (level_dbfs / 20)
        return np.clip(np.rint(leg + noise), -32768, 32767).astype(np.int16)

    return noisy


def with_long_silences(leg):
    """Silence of 5 to 30 s in every other pause of a second or more."""
    rng = np.random.default_rng(9)
    pauses = [(one.end + two.start) // 2 for one, two in pairwise(found(leg)) if two.start - one.end > 16_000]
    parts = np.split(leg, pauses[::2])
    return np.concatenate([one for part in parts for one in (part, np.zeros(rng.integers(5, 30) * 16_000, np.int16))])


def found(leg):
    """The speech of a leg without a gate."""
    return vad.spans_within(leg, np.ones(-(-len(leg) // vad.FRAME), np.bool_), PACE)


def mask(spans, leg):
    frames = np.zeros(-(-len(leg) // vad.FRAME), np.bool_)
    for span in spans:
        frames[span.start // vad.FRAME : -(-span.end // vad.FRAME)] = True
    return frames


VARIANTS = [lambda leg: leg, quieter, with_long_silences]


def test_the_gate_loses_no_speech():
    """Of telephone calls as they are, of quiet legs, and of calls with somebody on hold."""
    heard = [variant(leg) for variant in VARIANTS for leg in legs()]

    free = np.concatenate([mask(found(leg), leg) for leg in heard])
    gated = np.concatenate([mask(vad.speech_spans(leg, PACE), leg) for leg in heard])

    assert (free & ~gated).sum() <= 0.0005 * free.sum()
    assert (gated & ~free).sum() <= 0.01 * free.sum()


@pytest.mark.parametrize("level_dbfs", [-58, -50])
def test_legs_with_line_noise_are_heard_whole(level_dbfs):
    assert all(gate.audible(vad.levels(noisier(level_dbfs)(leg), PACE)).all() for leg in legs())


def test_the_gate_spares_half_of_a_call_on_hold():
    heard = [gate.audible(vad.levels(with_long_silences(leg), PACE)) for leg in legs()]

    assert np.concatenate(heard).mean() < 0.5
