"""Channel truth: what two channels hold is found out, never assumed (api/README.md, "Channels")."""

from functools import cache

import numpy as np
import pytest

from shared.errors.jobs import ChannelMappingInvalid
from worker.audio.channels import ChannelRules, separate
from worker.audio.levels import level_of, likeness_of, spread_of
from worker.audio.recording import Recording

RATE_HZ = 16_000
CALL_S = 40
ROLES = {0: "agent", 1: "customer"}
AUTO = ChannelRules("auto", ROLES)


def rng():
    return np.random.default_rng(3)


@cache
def speech(seed, duration_s=CALL_S):
    """Noise shaped like a voice: syllables of 0.25 s, each as loud as it comes; two seconds in five are pause."""
    random = np.random.default_rng(seed)
    noise = np.convolve(random.standard_normal(duration_s * RATE_HZ), np.ones(12) / 12, "same")
    loudness = np.repeat(10 ** random.uniform(-1.0, 0, duration_s * 4), RATE_HZ // 4)
    loudness *= np.repeat(random.random(duration_s) > 0.4, RATE_HZ)
    # A voice swells and fades: over a tenth of a second here.
    steps = np.convolve(loudness[:: RATE_HZ // 100], np.ones(10) / 10, "same")
    return 0.1 * noise / noise.std() * np.repeat(steps, RATE_HZ // 100)


def turns(*, overlap=0.0, seed=5):
    """Two masks over the call: spans of 2 to 6 s change hands; in a share of them both speak."""
    random = np.random.default_rng(seed)
    masks = np.zeros((2, CALL_S * RATE_HZ))
    start, party = 0, 0
    while start < masks.shape[1]:
        end = start + int(random.uniform(2, 6) * RATE_HZ)
        masks[party, start:end] = 1
        if random.random() < overlap:
            masks[1 - party, start:end] = 1
        start, party = end, 1 - party
    return masks


def dialogue(overlap=0.0, noise_db=-90):
    both = np.stack([speech(1), speech(2)]) * turns(overlap=overlap)
    return both + 10 ** (noise_db / 20) * rng().standard_normal(both.shape)


def gain(wave, db):
    return wave * 10 ** (db / 20)


def delayed(wave, milliseconds):
    return np.roll(wave, RATE_HZ * milliseconds // 1_000)


def mu_law(wave):
    """There and back through the companding of G.711, 8 bits."""
    clipped = np.clip(wave, -1, 1)
    code = np.round(np.sign(clipped) * np.log1p(255 * abs(clipped)) / np.log(256) * 127) / 127
    return np.sign(code) * (256 ** abs(code) - 1) / 255


def with_bleed(db, *, one_way=False):
    clean = dialogue()
    heard = clean.copy()
    heard[0] += gain(delayed(clean[1], 10), db)
    if not one_way:
        heard[1] += gain(delayed(clean[0], 10), db)
    return heard


def recording_of(waves):
    samples = np.clip(np.atleast_2d(waves) * 32_767, -32_768, 32_767).astype(np.int16)
    return Recording(samples, 8_000, "pcm_mulaw", None, 0, (), ())


@cache
def mono():
    """Both parties on one line, and the hum of the room that fills its pauses."""
    return dialogue(noise_db=-41).sum(axis=0)


def lost_packets(wave, share=0.05):
    kept = np.repeat(rng().random(CALL_S * 50) >= share, RATE_HZ // 50)
    return wave * kept


def slow_gain(wave, period_s, depth_db):
    return wave * 10 ** (depth_db / 20 * np.sin(2 * np.pi * np.arange(len(wave)) / (period_s * RATE_HZ)))


def low_passed(wave):
    return np.convolve(wave, np.ones(6) / 6, "same")


def noise(db, seed=9):
    return 10 ** (db / 20) * np.random.default_rng(seed).standard_normal(CALL_S * RATE_HZ)


ONE_SIGNAL = {
    "identical": lambda: [mono(), mono()],
    "inverted": lambda: [mono(), -mono()],
    "-6 dB and mu-law": lambda: [mono(), mu_law(gain(mono(), -6))],
    "12 ms delay and noise": lambda: [mono(), delayed(mono(), 12) + noise(-55)],
    "5 % loss on one leg": lambda: [mono(), lost_packets(mono())],
    "equal levels, other waves": lambda: [mono(), mono() * rng().choice([-1, 1], CALL_S * RATE_HZ)],
    "50 ms delay": lambda: [mono(), delayed(mono(), 50)],
    "one leg low-passed": lambda: [mono(), low_passed(mono())],
    "slow gain of 4 dB": lambda: [mono(), slow_gain(mono(), 20, 4)],
    "fast gain of 4 dB": lambda: [mono(), slow_gain(mono(), 4, 4)],
}
TWO_PARTIES = {
    "clean": dialogue,
    "mu-law and noise": lambda: mu_law(dialogue(noise_db=-60)),
    "30 % overlap": lambda: dialogue(0.3, -70),
    "80 % overlap": lambda: dialogue(0.8, -70),
    "both talk always": lambda: [speech(1) + noise(-75), speech(4) + noise(-75)],
    "monologue over noise": lambda: [speech(1), noise(-55)],
}
BLEED = {
    "-20 dB": (lambda: with_bleed(-20), (-20, -20)),
    "-10 dB": (lambda: with_bleed(-10), (-10, -10)),
    "-6 dB": (lambda: with_bleed(-6), (-6, -6)),
    "one way -10 dB": (lambda: with_bleed(-10, one_way=True), (-10, None)),
}


@pytest.mark.parametrize("make", ONE_SIGNAL.values(), ids=ONE_SIGNAL.keys())
def test_one_signal_twice_is_decoded_once(make):
    separated = separate(recording_of(make()), AUTO)

    (leg,) = separated.legs
    assert (leg.status, leg.role) == ("dual_mono", "mixed")
    assert separated.warnings == ("dual_mono", "roles_not_applied")


@pytest.mark.parametrize("make", TWO_PARTIES.values(), ids=TWO_PARTIES.keys())
def test_two_parties_stay_two_legs(make):
    separated = separate(recording_of(make()), AUTO)

    assert [(leg.role, leg.status) for leg in separated.legs] == [("agent", "active"), ("customer", "active")]
    assert separated.warnings == ()


@pytest.mark.parametrize(("make", "expected_db"), BLEED.values(), ids=BLEED.keys())
def test_bleed_is_measured_and_named(make, expected_db):
    separated = separate(recording_of(make()), AUTO)

    measured_db = [leg.crosstalk_db for leg in separated.legs]
    assert separated.warnings == ("channel_bleed",)
    assert all(db is None or db == pytest.approx(it, abs=2.5) for db, it in zip(expected_db, measured_db, strict=True))


@pytest.mark.parametrize("quiet", [noise(-70), np.zeros(CALL_S * RATE_HZ)], ids=["-70 dB", "digital zero"])
def test_a_silent_leg_is_kept_and_named(quiet):
    separated = separate(recording_of([quiet, speech(2)]), AUTO)

    assert [(leg.role, leg.status) for leg in separated.legs] == [("agent", "silent"), ("customer", "active")]
    assert separated.warnings == ("channel_silent",)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_silence_on_every_leg_is_no_speech(channels):
    separated = separate(recording_of(np.zeros((channels, RATE_HZ))), ChannelRules("auto", {}))

    assert {leg.status for leg in separated.legs} == {"silent"}
    assert "no_speech" in separated.warnings
    assert "channel_silent" not in separated.warnings


def test_the_louder_of_two_equal_legs_is_kept():
    separated = separate(recording_of([gain(mono(), -6), mono()]), AUTO)

    assert [leg.index for leg in separated.legs] == [1]


def test_an_offset_of_the_line_is_no_sound():
    separated = separate(recording_of([np.full(CALL_S * RATE_HZ, 0.2), speech(2)]), AUTO)

    assert separated.legs[0].status == "silent"
    assert separated.legs[0].rms_dbfs == pytest.approx(-120)


def test_an_offset_changes_no_level():
    plain, lifted = (level_of(recording_of(speech(2) + offset).samples[0]) for offset in (0, 0.2))

    assert lifted.rms_dbfs == pytest.approx(plain.rms_dbfs, abs=0.01)
    assert 10 * np.log10(lifted.energies[20:40].mean() / plain.energies[20:40].mean()) == pytest.approx(0, abs=0.01)


def test_mono_has_no_parties():
    separated = separate(recording_of(mono()), ChannelRules("auto", {}))

    assert [(leg.role, leg.status) for leg in separated.legs] == [("mixed", "active")]
    assert separated.warnings == ("mono_no_speaker_separation",)


def test_separate_asks_no_question_of_likeness():
    separated = separate(recording_of([mono(), mono()]), ChannelRules("separate", ROLES))

    assert [(leg.role, leg.status) for leg in separated.legs] == [("agent", "active"), ("customer", "active")]
    assert separated.warnings == ()


def test_separate_refuses_a_role_without_a_channel():
    with pytest.raises(ChannelMappingInvalid):
        separate(recording_of(dialogue()), ChannelRules("separate", {2: "agent"}))


def test_auto_only_warns_of_a_role_without_a_channel():
    separated = separate(recording_of(dialogue()), ChannelRules("auto", {0: "agent", 2: "customer"}))

    assert [leg.role for leg in separated.legs] == ["agent", None]
    assert separated.warnings == ("roles_not_applied",)


def test_mix_makes_one_leg_of_all():
    waves = dialogue()

    separated = separate(recording_of(waves), ChannelRules("mix", {}))

    (leg,) = separated.legs
    assert (leg.index, leg.role, separated.warnings) == (0, "mixed", ())
    assert abs(leg.samples / 32_767 - waves.mean(axis=0)).max() < 1e-4


def test_three_channels_are_three_legs():
    alike = mono()

    separated = separate(recording_of([alike, alike, np.zeros_like(alike)]), AUTO)

    assert [(leg.role, leg.status) for leg in separated.legs] == [
        ("agent", "active"), ("customer", "active"), (None, "silent"),
    ]  # fmt: skip
    assert separated.warnings == ("channel_silent",)


def test_a_clipped_leg_is_named():
    loud = np.stack([gain(speech(1), 30), speech(2)]) * turns()

    separated = separate(recording_of(loud), AUTO)

    assert "audio_clipped" in separated.warnings
    assert separated.legs[0].clipped_ratio > 0.01 > separated.legs[1].clipped_ratio


def test_levels_are_measured_in_decibels_of_full_scale():
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE_HZ * 10) / RATE_HZ)

    level = level_of(recording_of(0.1 * tone).samples[0])

    assert level.rms_dbfs == pytest.approx(-23.01, abs=0.01)
    assert len(level.energies) == 20


def test_the_spread_of_one_signal_is_nothing():
    level = level_of(recording_of(mono()).samples[0])

    assert spread_of(level, level).width_db == 0


def test_likeness_finds_a_delay_but_not_strangers():
    one, other = recording_of(np.stack([speech(1, 20), speech(2, 20)])).samples

    assert likeness_of(one, np.roll(-one, 800)) > 0.95
    assert likeness_of(one, other) < 0.2
