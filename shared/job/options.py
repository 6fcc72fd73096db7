"""What a caller may wish of a job: how it is transcribed, and how long it is kept."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: never changed, nothing unknown in it, and never quoted by the error that refuses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ChannelOptions(Frozen):
    """How the channels of a recording are to be read."""

    mode: Literal["auto", "separate", "mix"] = "auto"
    roles: dict[str, str] = {"0": "agent", "1": "customer"}


class Options(Frozen):
    """How a call is to be transcribed: the defaults are right for a sales call."""

    model: str = "default"
    language: str = "auto"
    language_candidates: tuple[str, ...] = ("fr", "de", "it", "en")
    channels: ChannelOptions = ChannelOptions()
    word_timestamps: bool = True
    fail_on: tuple[str, ...] = ()


class Retention(Frozen):
    """Days that audio and transcript are kept after the job's end."""

    audio_days: int = 30
    transcript_days: int = 180

    @property
    def shortest_s(self) -> int:
        """Seconds after which the first of them may go."""
        return min(self.audio_days, self.transcript_days) * 86_400
