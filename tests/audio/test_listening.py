"""What is listened to: which recordings play as they are, what is drawn of them, and a derivative at the same times."""

import io
import json
from contextlib import nullcontext
from dataclasses import replace
from functools import cache

import av
import numpy as np
import pytest
from audio.damaged import SHOWS_DAMAGE, kept_share
from audio.files import best_decoder, chunk, damaged, decode, encoded, sweep, wave, wave_format, written
from corpus.measuring import peak_of

from worker.audio.channels import ChannelRules, separate
from worker.audio.recording import SAMPLE_RATE_HZ, Recording
from worker.listening.encoding import encode
from worker.listening.peaks import MOST_VALUES, peaks_document, steps_of
from worker.listening.sound import Sound, plays_as_it_is

RATE = SAMPLE_RATE_HZ
MEGABYTE = 1_000_000
MU_LAW = np.tile(np.arange(256, dtype=np.uint8), 32).tobytes()
EITHER = ChannelRules("auto", {0: "agent", 1: "customer"})


class Free:
    """Nobody else wants the CPU."""

    def step(self, rest_s):
        return nullcontext()


def recording_of(samples, **more):
    return Recording(np.atleast_2d(samples), 8_000, "pcm_mulaw", None, 0, (), (), **more)


def sound_of(samples, rules=EITHER):
    recording = recording_of(samples)
    return Sound("job_1", recording, separate(recording, rules).legs)


def peaks_of(samples):
    return json.loads(peaks_document(sound_of(samples), Free()))


@cache
def encoded_sweep(channels=1):
    """A minute of a rising tone with ten seconds of silence in it, as a damaged file leaves them."""
    samples = np.repeat(sweep(RATE, 60.0).T, channels, axis=0)
    samples[:, 20 * RATE : 30 * RATE] = 0
    return samples, encode(samples, Free())


def heard_in(data):
    """The samples of a derivative at 16,000 Hz, int16, shape (channels, samples), the first at moment 0."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("s16p", stream.layout, RATE)
        frames = [made for frame in container.decode(stream) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


def delays_s(wanted, got, every_s=5.0, window_s=0.25, reach_s=0.1):
    """By how much `got` comes late, measured in windows all over the call that are not silent."""
    reach, size = int(reach_s * RATE), int(window_s * RATE)
    for start in range(reach, len(wanted) - size - reach, int(every_s * RATE)):
        piece = wanted[start : start + size].astype(float)
        if np.abs(piece).max() > 1_000:
            around = got[start - reach : start + size + reach].astype(float)
            yield (int(np.correlate(around, piece, "valid").argmax()) - reach) / RATE


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "ULAW", "ALAW"])
@pytest.mark.parametrize("channels", [1, 2])
def test_telephone_wave_plays_as_it_is(subtype, channels):
    assert plays_as_it_is(decode(written("WAV", subtype, channels=channels)))


DERIVED = {
    "24 bits": lambda: written("WAV", "PCM_24"),
    "floats": lambda: written("WAV", "FLOAT"),
    "ADPCM": lambda: written("WAV", "IMA_ADPCM"),
    "GSM": lambda: written("WAV", "GSM610"),
    "RF64": lambda: written("RF64", "PCM_16"),
    "RF64 of the short form": lambda: wave(wave_format(7, 8), MU_LAW, magic=b"RF64"),
    "W64": lambda: written("W64", "PCM_16"),
    "extensible": lambda: written("WAVEX", "PCM_16"),
    "mu-law in AU": lambda: written("AU", "ULAW"),
    "MP3": lambda: encoded("mp3", "libmp3lame", 8_000),
    "FLAC": lambda: encoded("flac", "flac", 8_000),
    "Opus": lambda: encoded("ogg", "libopus", 48_000),
    "AMR": lambda: encoded("amr", "libopencore_amrnb", 8_000),
    "three channels": lambda: wave(wave_format(7, 8, channels=3), MU_LAW[:8_190]),
    "6,000 Hz": lambda: wave(wave_format(7, 8, 6_000), MU_LAW),
    "96,000 Hz": lambda: wave(wave_format(1, 16, 96_000), MU_LAW),
    "cut": lambda: wave(wave_format(7, 8), MU_LAW, data_size=len(MU_LAW) + 8_000),
    "size unknown": lambda: wave(wave_format(7, 8), MU_LAW, data_size=0xFFFF_FFFF),
}


@pytest.mark.parametrize("kind", DERIVED)
def test_everything_else_gets_a_derivative(kind):
    assert not plays_as_it_is(decode(DERIVED[kind]()))


def test_what_follows_the_audio_hinders_nobody():
    recording = decode(wave(wave_format(7, 8), MU_LAW) + chunk(b"JUNK", b"behind the end"))

    assert recording.warnings == ("trailing_data",)
    assert plays_as_it_is(recording)


def test_peaks_are_the_greatest_of_each_interval():
    samples = np.zeros(RATE + 400, np.int16)
    samples[[0, 800, 1_600, 2_399, -1]] = -32_768, 16_384, 32_767, -130, 257

    document = peaks_of(samples)

    peaks = document.pop("channels")[0]["peaks"]
    assert document == {
        "schema_version": "1.0", "object": "peaks", "job_id": "job_1", "duration": 1.025, "interval_s": 0.05,
    }  # fmt: skip
    assert (len(peaks), peaks[:4], peaks[-1]) == (21, [255, 128, 255, 0], 2)


def test_peaks_go_on_over_blocks():
    samples = np.zeros(1_300 * RATE, np.int16)
    samples[[600 * RATE - 1, 600 * RATE, 1_200 * RATE + 5]] = 32_767, 16_384, 8_192

    peaks = peaks_of(samples)["channels"][0]["peaks"]

    assert {place: peak for place, peak in enumerate(peaks) if peak} == {11_999: 255, 12_000: 128, 24_000: 64}
    assert len(peaks) == 26_000


@pytest.mark.parametrize(
    ("duration_s", "legs", "steps"),
    [(0.02, 1, 1), (3_600.0, 2, 1), (9_999.9, 2, 1), (10_000.0, 2, 2), (14_400.0, 1, 1), (14_400.0, 8, 6)],
)
def test_the_interval_is_the_least_that_fits(duration_s, legs, steps):
    values = legs * -(-duration_s // (steps * 0.05))

    assert steps_of(duration_s, legs) == steps
    assert values < MOST_VALUES


def test_a_longer_interval_holds_the_greatest_of_both():
    """Forty legs of ten minutes, all of them one array."""
    samples = np.zeros(600 * RATE, np.int16)
    samples[[0, 800, 1_700]] = 8_192, 32_767, 16_384
    sound = sound_of(samples)

    document = json.loads(peaks_document(replace(sound, legs=sound.legs * 40), Free()))

    assert (document["interval_s"], document["channels"][0]["peaks"][:3]) == (0.1, [255, 128, 0])
    assert [len(leg["peaks"]) for leg in document["channels"]] == [6_000] * 40


def test_each_leg_has_its_peaks_and_its_role():
    samples = np.zeros((2, 4 * RATE), np.int16)
    samples[0, : 2 * RATE], samples[1, 2 * RATE :] = sweep(RATE, 2.0)[:, 0], sweep(RATE, 2.0)[:, 0]

    channels = peaks_of(samples)["channels"]

    assert [(one["index"], one["role"]) for one in channels] == [(0, "agent"), (1, "customer")]
    assert [max(one["peaks"][:40]) > 0 for one in channels] == [True, False]
    assert [max(one["peaks"][40:]) > 0 for one in channels] == [False, True]


@pytest.mark.parametrize("mode", ["auto", "mix"])
def test_two_channels_of_one_signal_are_one_lane(mode):
    samples = np.repeat(sweep(RATE, 4.0).T, 2, axis=0)

    sound = sound_of(samples, ChannelRules(mode, {}))

    assert [one["role"] for one in json.loads(peaks_document(sound, Free()))["channels"]] == ["mixed"]
    assert sound.samples.shape == (1, 4 * RATE)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_derivative_keeps_every_moment(channels):
    samples, data = encoded_sweep(channels)

    got = heard_in(data)

    delays = [one for leg in range(channels) for one in delays_s(samples[leg], got[leg])]
    assert got.shape[0] == channels
    assert len(delays) >= 8
    assert max(np.abs(delays)) < 0.02


def test_a_gap_is_as_long_as_it_was():
    samples, data = encoded_sweep()

    got = heard_in(data)[0]

    loud = np.abs(got[: len(samples[0]) // 160 * 160].reshape(-1, 160)).max(axis=1) > 5_000
    edges_s = (np.flatnonzero(np.diff(loud.astype(int))) + 1) * 0.01
    assert edges_s == pytest.approx([20.0, 30.0], abs=0.02)


def test_a_derivative_ends_with_the_call():
    samples, data = encoded_sweep()

    with av.open(io.BytesIO(data)) as container:
        assert container.duration / 1e6 == pytest.approx(60.0, abs=0.03)
    assert heard_in(data).shape[1] == pytest.approx(samples.shape[1], abs=0.03 * RATE)


def test_a_player_can_seek_in_a_derivative():
    _, data = encoded_sweep()
    cues = bytes.fromhex("1c53bb6b")

    with av.open(io.BytesIO(data)) as container:
        container.seek(45_000_000)
        frame = next(container.decode(audio=0))

    assert cues in data
    assert 38.0 < frame.time <= 45.1


def test_the_same_call_makes_the_same_file():
    samples, data = encoded_sweep()

    assert encode(samples, Free()) == data


def test_legs_stay_apart_in_a_derivative():
    samples = np.zeros((2, 2 * RATE), np.int16)
    samples[0] = sweep(RATE, 2.0)[:, 0]

    left, right = np.abs(heard_in(encode(samples, Free()))).max(axis=1)

    assert left > 8_000
    assert right < 500


def test_more_than_two_channels_are_mixed():
    samples = np.zeros((3, 2 * RATE), np.int16)
    samples[1] = sweep(RATE, 2.0)[:, 0]

    got = heard_in(encode(samples, Free()))

    assert got.shape[0] == 1
    assert np.abs(got).max() == pytest.approx(10_000 / 3, rel=0.2)


def test_the_shortest_call_has_a_derivative():
    assert heard_in(encode(sweep(RATE, 0.02).T, Free())).shape[1] > 0


@pytest.mark.parametrize("kind", ["MP3", "FLAC"])
def test_a_damaged_call_sounds_where_its_words_stand(kind):
    clean = decode(SHOWS_DAMAGE[kind]())
    recording = decode(damaged(SHOWS_DAMAGE[kind](), 3_000))

    got = heard_in(encode(recording.samples, Free()))[0]

    delays = list(delays_s(recording.samples[0], got))
    assert recording.warnings == ("audio_incomplete",)
    assert max(np.abs(delays)) < 0.02
    assert kept_share(clean.samples[0], got) > 0.85


def test_an_hour_needs_no_wide_copy():
    """Five minutes in stereo are 19 MB as they are; as floats of 32 bits they would be 38."""
    samples = np.repeat(np.tile(sweep(RATE, 60.0).T, 5), 2, axis=0)
    sound = sound_of(samples, ChannelRules("separate", {}))
    encode(samples[:, :RATE], Free())

    made, grown_bytes = peak_of(lambda: (peaks_document(sound, Free()), encode(sound.samples, Free())))

    assert grown_bytes < 16 * MEGABYTE
    assert len(made[1]) < 2 * MEGABYTE


def test_the_decoder_says_what_it_read_itself():
    assert [
        decode(data, best_decoder()).is_plain_wave for data in (written("WAV", "PCM_24"), written("AU", "ULAW"))
    ] == [
        True,
        False,
    ]
