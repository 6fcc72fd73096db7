"""P2 and P5: what the CPU does before the engine sees a call, and how few windows it makes of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np
from benchmarks.calls import Recorded, bundled
from benchmarks.engines.models import PRODUCTION_MELS
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.setting import Bench
from faster_whisper.audio import decode_audio  # noqa: TID251 - this is the peer, on audio that we made
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.vad import VadOptions, collect_chunks, get_speech_timestamps
from numpy.typing import NDArray

from shared.job import Lane
from worker.audio.decode import open_decoder
from worker.speech.front.mel import LogMel
from worker.speech.front.turns import Pace, Turns
from worker.speech.front.vad import FRAME, SAMPLE_RATE_HZ, Span, spans_within, speech_spans
from worker.speech.progress import Progress
from worker.speech.windows import WHOLE, pack, widened

WINDOW_S = 30.0
SHARE = 3  # of the 6-minute mix: CPU time is a sum, a part tells it
LOST, EXTRA = 0.0005, 0.01  # acceptance of the gate

Legs = Sequence[NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the level gate loses and adds, as shares of the speech that is found without it."""

    lost: float
    extra: float

    @property
    def is_held(self) -> bool:
        """Whether that is little enough."""
        return self.lost <= LOST and self.extra <= EXTRA


def speed(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """P2: CPU time of decode, VAD and mel, ours and upstream's in turn; and what the gate costs."""
    calls = bench.mix(360)[::SHARE]
    call_s = sum(call.duration_s for call in calls)
    with bench.sign.row("P2", budget_s) as sign:
        ours, theirs = [], []
        for place in range(bench.sizes.repeats):
            sign(f"pair {place + 1} of {bench.sizes.repeats}")
            ours.append(call_s / _cpu_s(calls, Ours()))
            theirs.append(call_s / _cpu_s(calls, theirs_of))
        sign("the gate, against the same network without it")
        gates = {"mix": gated(calls), "bundled calls": gated(bundled())}
    told = "; ".join(f"{name}: gate lost {gate.lost:.3%}, extra {gate.extra:.2%}" for name, gate in gates.items())
    is_held = gates["bundled calls"].is_held  # the mix has hard cuts that no recording has
    words = f"acceptance {'held' if is_held else 'NOT held'} (of speech seconds, synthetic voices)"
    note = f"upstream's own stages {median(theirs):.0f}; {told}: {words}"
    beside = {
        "upstream": theirs,
        "gate_is_held": is_held,
        "gates": {name: asdict(gate) for name, gate in gates.items()},
    }
    yield Figure("P2", ours, REAL_CPU, note=note, beside=beside)


def packing(bench: Bench, mean_s: int, budget_s: float) -> Iterator[Figure]:
    """P5: windows of whole calls over the least that their speech, margins included, could fill."""
    ours = Ours()
    windows = least = bare = 0
    name = f"P5-{mean_s // 60}min"
    with bench.sign.row(name, budget_s) as sign:
        for place, call in enumerate(bench.mix(mean_s)):
            sign(f"call {place}")
            for leg in ours.decoded(call):
                spans = speech_spans(leg, ours.pace)
                filled_s = sum(piece.end - piece.start for piece in widened(spans, len(leg))) / SAMPLE_RATE_HZ
                windows += len(pack(0, leg, spans, WHOLE))
                least += least_windows(filled_s)
                bare += least_windows(sum(span.duration_s for span in spans))
    note = f"{windows} windows, least {least} (without margins {bare}: {windows / bare:.3f})"
    hours = bench.sizes.hours[mean_s]
    beside = {
        "windows": windows,
        "least": least,
        "least_without_margins": bare,
        "windows_per_call_hour": windows / hours,
    }
    yield Figure(name, [windows / least], REAL_CPU, note=note, beside=beside)


def least_windows(speech_s: float) -> int:
    """The fewest windows of 30 s that so much speech of a channel fits into, were it cut anywhere."""
    return int(-(-speech_s // WINDOW_S))


class Ours:
    """Our own stages before the engine."""

    def __init__(self) -> None:
        self.decoder = open_decoder("preferred")
        self.mel = LogMel(PRODUCTION_MELS)
        self.pace = Pace(Turns(1), Lane.INTERACTIVE, Progress())

    def decoded(self, call: Recorded) -> Legs:
        with call.path.open("rb") as file:
            return list(self.decoder.decode(file).samples)

    def __call__(self, call: Recorded) -> None:
        for leg in self.decoded(call):
            for window in pack(0, leg, speech_spans(leg, self.pace), WHOLE):
                self.mel(window.samples)


EXTRACTOR = FeatureExtractor(feature_size=PRODUCTION_MELS)


def theirs_of(call: Recorded) -> None:
    """The same stages as upstream's batched pipeline has them."""
    options = VadOptions(max_speech_duration_s=WINDOW_S, min_silence_duration_ms=160)
    for leg in decode_audio(str(call.path), split_stereo=True):
        chunks, _ = collect_chunks(leg, get_speech_timestamps(leg, options), max_duration=WINDOW_S)
        for chunk in chunks:
            EXTRACTOR(chunk)


def gated(calls: Sequence[Recorded]) -> Gate:
    """Compare the speech found with the gate and without it."""
    ours = Ours()
    lost = extra = whole = 0
    for call in calls:
        for leg in ours.decoded(call):
            frames = -(-len(leg) // FRAME)
            free = _mask(spans_within(leg, np.ones(frames, np.bool_), ours.pace), frames)
            found = _mask(speech_spans(leg, ours.pace), frames)
            lost += int(np.count_nonzero(free & ~found))
            extra += int(np.count_nonzero(found & ~free))
            whole += int(np.count_nonzero(free))
    return Gate(lost / whole, extra / whole)


def _mask(spans: Sequence[Span], frames: int) -> NDArray[np.bool_]:
    mask = np.zeros(frames, np.bool_)
    for span in spans:
        mask[span.start // FRAME : -(-span.end // FRAME)] = True
    return mask


def _cpu_s(calls: Sequence[Recorded], stage: Callable[[Recorded], None]) -> float:
    started_s = time.process_time()
    for call in calls:
        stage(call)
    return time.process_time() - started_s
