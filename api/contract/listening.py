"""What a page needs to draw a call and to play it."""

from typing import Annotated, Literal

from pydantic import Field

from shared.job import Frozen

Peak = Annotated[int, Field(ge=0, le=255)]


class LegPeaks(Frozen):
    """One leg of the call as it is drawn."""

    index: int
    role: str | None
    peaks: tuple[Peak, ...] = Field(description="the greatest sample of each interval, 255 = full scale")


class PeaksView(Frozen):
    """How loud the legs of a call are all along, on the clock of its transcript."""

    schema_version: Literal["1.0"] = "1.0"
    object: Literal["peaks"] = "peaks"
    job_id: str
    duration: float = Field(description="seconds")
    interval_s: float = Field(description="seconds that one peak stands for; 0.05, more for a very long call")
    channels: tuple[LegPeaks, ...]


class ListeningView(Frozen):
    """Where the recording can be played, in any browser, until `expires_at`."""

    object: Literal["audio"] = "audio"
    job_id: str
    url: str = Field(description="GET, any Range of it; needs no key and gives the recording to whoever has it")
    media_type: str
    is_original: bool = Field(description="false: Opus made of what was decoded, silence where audio is missing")
    duration: float = Field(description="seconds")
    expires_at: str
