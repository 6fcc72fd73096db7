"""What is kept of a call that is not finished: what was heard, by whom, and in which samples. Never the sound itself.

A checkpoint is gone on from only by the same code with the same model on the same samples, so that a transcript is
the same as if nothing had come between.
"""

import hashlib
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from worker.speech.front.vad import Span
from worker.speech.spoken import Segment
from worker.speech.windows import Place


class Part(BaseModel):
    """A part of a checkpoint: frozen, and nothing but what is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Maker(Part):
    """For which job it was heard, with which options, and by what; the device because it is told in the transcript."""

    job_id: str
    params_hash: str
    code_version: str
    model_sha256: str
    engine_version: str
    compute_type: str
    device: str


class HeardLeg(Part):
    """One leg: the sha256 of its samples, and the speech that was found in it."""

    sha256: str
    spans: tuple[Span, ...]


class HeardWindow(Part):
    """One window: where it lies, the language it was decoded in, and what came of it, at the end of all its retries."""

    place: Place
    language: str
    segments: tuple[Segment, ...]


class Vote(Part):
    """What one window says of its language: a probability for each that the model knows."""

    place: Place
    probabilities: Mapping[str, float]


class Checkpoint(Part):
    """Everything that is known of a call after some of its windows.

    `decode_s`, `engine_s`: what was spent on it by all claims so far; `seal`: the sha256 of all the rest.
    """

    version: Literal[1] = 1
    maker: Maker
    legs: Mapping[int, HeardLeg]
    votes: tuple[Vote, ...]
    windows: tuple[HeardWindow, ...]
    decode_s: float
    engine_s: float
    seal: str = ""

    def to_bytes(self) -> bytes:
        """Give it as JSON, sealed."""
        return self.model_copy(update={"seal": self._digest()}).model_dump_json().encode()

    @property
    def is_whole(self) -> bool:
        """Whether it says what was kept."""
        return self.seal == self._digest()

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()


def digest(samples: NDArray[np.int16]) -> str:
    """Give the sha256 of samples."""
    return hashlib.sha256(np.ascontiguousarray(samples).data).hexdigest()
