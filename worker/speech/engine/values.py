"""What goes through the engine: a call, its rows, what was heard in each. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.speech.front.turns import Pace
from worker.speech.language import LanguageRules, Verdict
from worker.speech.notes import Notes
from worker.speech.spoken import Segment
from worker.speech.windows import Window


@dataclass(frozen=True, slots=True)
class Call:
    """What a job hands to the engine.

    Attributes:
        windows: of all channels, each channel's in time order.
        rules: what the caller says of the language.
        pace: whose turn it is on the CPU; also lane and progress of the job.
        verdict: the languages, where they are known from an earlier pass.
        notes: what is known of the call already, and where what is heard is noted.
    """

    windows: tuple[Window, ...]
    rules: LanguageRules
    pace: Pace
    verdict: Verdict | None = None
    notes: Notes = field(default_factory=Notes)


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the engine makes of a call. `segments` stand by channel and time; `engine_s`: what it took this time."""

    segments: tuple[Segment, ...]
    verdict: Verdict
    engine_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One window, ready for the network: a row of a batch.

    Attributes:
        features: float32, shape (mels, frames), frames <= 3000, not padded yet.
        language: None until the call has voted.
        is_probe: its language is detected, for the vote or against the caller's word.
        rung: which way of decoding of `ladder.RUNGS`; rows of one rung may share a batch.
    """

    window: Window
    features: NDArray[np.float32]
    language: str | None
    is_probe: bool = False
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Election:
    """The vote of a call whose language nobody told. `leg_speech_s`: all the speech of each channel, in seconds."""

    rules: LanguageRules
    leg_speech_s: Mapping[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """Rows of one call that share a batch whatever its size: one row, or all the probes of an election."""

    rows: tuple[Row, ...]
    election: Election | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text as the network gives it.

    Attributes:
        ids: tokens, the special ones among them included.
        score: mean log-probability of `ids`, as CTranslate2 normalises it.
        no_speech_prob: 0 to 1.
    """

    ids: tuple[int, ...]
    score: float
    no_speech_prob: float


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The network's answer for one row; what it is worth is judged in the thread of its job.

    Attributes:
        row: with its language.
        probabilities: of each language, for a probe only.
        alignment: CTranslate2's, of the text tokens; None where there is no text.
        engine_s: this row's share of its batch's time.
    """

    row: Row
    decoded: Decoded
    alignment: Any
    probabilities: Mapping[str, float] | None
    engine_s: float = 0.0
