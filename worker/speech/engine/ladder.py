"""The ways of decoding a window, first to last: a doubtful text goes one rung up, with the rows of other calls.

The first two are deterministic, so that a text is the same in any batch; the others sample, as Whisper itself does
(temperatures 0.2 to 1.0, the best of five), and cannot be repeated: CTranslate2 seeds once per thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

BEAM_SIZE = 5
BEST_OF = 5
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Rung:
    """One way of decoding: its temperature, and its options of CTranslate2's `generate`."""

    temperature: float
    options: Mapping[str, float] = field(default_factory=dict)


def _sampled(temperature: float) -> Rung:
    options = {"beam_size": 1, "num_hypotheses": BEST_OF, "sampling_topk": 0, "sampling_temperature": temperature}
    return Rung(temperature, options)


RUNGS = (
    Rung(0.0, {"beam_size": BEAM_SIZE}),
    Rung(0.0, {"beam_size": BEAM_SIZE, "no_repeat_ngram_size": 3, "repetition_penalty": 1.1}),
    *map(_sampled, TEMPERATURES),
)
