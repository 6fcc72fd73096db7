"""What is listened to, and whether the recording itself can be: any browser plays what telephones have always written.

Where it cannot, a derivative stands in for it. Damaged files never play as they are: a player leaves out what it cannot
read, so that its times would not be those of the transcript.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from worker.audio.channels import Leg
from worker.audio.recording import Recording, Samples

WAVE = "audio/wav"
WEBM = "audio/webm"

_PLAYED_CODECS = frozenset({"pcm_u8", "pcm_s16le", "pcm_mulaw", "pcm_alaw"})
_NOT_AS_IT_SAYS = frozenset({"audio_incomplete", "header_repaired"})
# What every browser takes: fewer than 8,000 Hz or more than two channels not all of them do.
_PLAYED_RATES_HZ = range(8_000, 48_001)
_PLAYED_CHANNELS = range(1, 3)


@dataclass(frozen=True, slots=True)
class Sound:
    """A call as it was decoded, and its legs as they were told apart."""

    job_id: str
    recording: Recording
    legs: Sequence[Leg]

    @property
    def samples(self) -> Samples:
        """What is heard, int16, shape (channels, samples): one channel where all of them hold the same."""
        return self.legs[0].samples[None, :] if len(self.legs) == 1 else self.recording.samples


def plays_as_it_is(recording: Recording) -> bool:
    """Whether every browser plays the file as it was uploaded, at the times of the transcript."""
    return (
        recording.is_plain_wave
        and recording.codec in _PLAYED_CODECS
        and recording.source_sample_rate_hz in _PLAYED_RATES_HZ
        and recording.samples.shape[0] in _PLAYED_CHANNELS
        and _NOT_AS_IT_SAYS.isdisjoint(recording.warnings)
    )
