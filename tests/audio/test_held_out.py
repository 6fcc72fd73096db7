"""Channel truth on real calls that no threshold was tuned on, after what lines and codecs do to them."""

import time

import numpy as np
import pytest
from audio.line import (
    STEREO_CALLS,
    call,
    delayed,
    gain,
    gsm,
    mp3,
    mu_law,
    on_second,
    one_signal,
    opus,
    recording_of,
    with_bleed,
    with_drift,
    with_hum,
    with_loss,
    with_music,
    with_noise,
)

from worker.audio.channels import ChannelRules, separate

AUTO = ChannelRules("auto", {0: "agent", 1: "customer"})
TWO_PARTIES = {
    "as it is": lambda both: both,
    "5 % loss": with_loss,
    "gain that drifts by 6 dB": lambda both: on_second(both, lambda leg: with_drift(leg, 6, 30)),
    "music on hold": lambda both: np.stack([with_music(both[0]), both[1]]),
    "a leg 20 dB quieter": lambda both: on_second(both, lambda leg: gain(leg, -20)),
    "bleed of -25 dB": lambda both: with_bleed(both, -25, 15),
}
STEADY = {
    "hum of -50 dBFS": lambda both: with_hum(both, -50),
    "hum of -40 dBFS": lambda both: with_hum(both, -40),
    "hum of -45 dBFS on a leg": lambda both: on_second(both, lambda leg: with_hum(leg, -45)),
    "noise of -45 dBFS": lambda both: with_noise(both, -45),
}
ONE_SIGNAL = {
    "as it is": lambda leg: leg,
    "inverted": lambda leg: -leg,
    "-10 dB": lambda leg: gain(leg, -10),
    "3 ms late": lambda leg: delayed(leg, 3),
    "25 ms late": lambda leg: delayed(leg, 25),
    "55 ms late": lambda leg: delayed(leg, 55),
    "5 % loss": with_loss,
    "GSM": gsm,
    "GSM, -6 dB, 12 ms late": lambda leg: delayed(gain(gsm(leg), -6), 12),
    "slow drift of 3 dB": lambda leg: with_drift(leg, 3, 25),
    "fast drift of 5 dB": lambda leg: with_drift(leg, 5, 5),
    "noise of -45 dBFS": lambda leg: with_noise(leg, -45),
    "hum of -35 dBFS": lambda leg: with_hum(leg, -35),
}
CODECS = {
    "mu-law and noise": lambda both: mu_law(with_noise(both, -60)),
    "Opus": opus,
    "MP3, joint stereo": mp3,
    "GSM on each leg": lambda both: np.stack([gsm(leg) for leg in both]),
}


def verdicts(change):
    """What `change` makes of each call: its legs' states and the warnings."""
    separated = {name: separate(recording_of(change(call(name))), AUTO) for name in STEREO_CALLS}
    return {name: ([leg.status for leg in it.legs], it.warnings) for name, it in separated.items()}


def for_all(statuses, *warnings):
    return dict.fromkeys(STEREO_CALLS, (statuses, warnings))


@pytest.mark.parametrize("change", TWO_PARTIES.values(), ids=TWO_PARTIES.keys())
def test_two_parties_stay_two(change):
    assert verdicts(change) == for_all(["active", "active"])


@pytest.mark.parametrize("change", STEADY.values(), ids=STEADY.keys())
def test_loud_steady_noise_is_taken_for_bleed(change):
    """A known limit: legs are told right, but a level that never goes is no different from the other party's."""
    assert verdicts(change) == for_all(["active", "active"], "channel_bleed")


@pytest.mark.parametrize("change", ONE_SIGNAL.values(), ids=ONE_SIGNAL.keys())
def test_one_signal_is_one_leg(change):
    found = verdicts(lambda both: on_second(one_signal(both), change))

    assert found == for_all(["dual_mono"], "dual_mono", "roles_not_applied")


@pytest.mark.parametrize("change", CODECS.values(), ids=CODECS.keys())
def test_a_codec_changes_no_verdict(change):
    both = call(STEREO_CALLS[0])

    legs = [separate(recording_of(change(waves)), AUTO).legs for waves in (both, one_signal(both))]

    assert [[leg.status for leg in found] for found in legs] == [["active", "active"], ["dual_mono"]]


@pytest.mark.parametrize("echo_ms", [0, 20])
@pytest.mark.parametrize("db", [-20, -12, -6])
def test_bleed_is_measured_within_three_decibels(db, echo_ms):
    separated = {name: separate(recording_of(with_bleed(call(name), db, echo_ms)), AUTO) for name in STEREO_CALLS}

    measured_db = {name: [leg.crosstalk_db for leg in it.legs] for name, it in separated.items()}
    assert {it.warnings for it in separated.values()} == {("channel_bleed",)}
    assert measured_db == {name: pytest.approx([db, db], abs=3) for name in STEREO_CALLS}


@pytest.mark.parametrize("db", [-20, -12, -6])
def test_bleed_one_way_is_of_one_leg(db):
    for name in STEREO_CALLS:
        separated = separate(recording_of(with_bleed(call(name), db, 10, one_way=True)), AUTO)

        first_db, second_db = (leg.crosstalk_db for leg in separated.legs)
        assert first_db == pytest.approx(db, abs=3)
        assert second_db < -22


def test_telling_legs_apart_costs_milliseconds():
    """CPU time for a minute of audio: 4 to 6 ms measured, 7 promised; 15 here, for a machine that is busy."""
    minute = recording_of(np.tile(call(STEREO_CALLS[0]), 2)[:, : 60 * 16_000])
    separate(minute, AUTO)
    before_s = time.process_time()

    for _ in range(10):
        separate(minute, AUTO)

    assert (time.process_time() - before_s) / 10 < 0.015
