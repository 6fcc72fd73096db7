"""`make bench GPU=1`: what one card does with turbo's shape, random weights, exactly 90 tokens a window.

Random weights rank pipelines; they say nothing about accuracy. No network is needed, only the wheel's CUDA libraries.
"""

import dataclasses
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import calls, peers, report
from benchmarks.calls import Recorded
from benchmarks.engines import models, weights
from benchmarks.gpu import figures
from benchmarks.gpu.device import Device, find
from benchmarks.gpu.figures import GOALS, Point
from benchmarks.gpu.sweep import FixedTokens, Network, Setting, settings, sweep
from benchmarks.rows.fairness import Line
from benchmarks.sign import Sign
from faster_whisper import WhisperModel
from rich.console import Console
from rich.table import Table

from shared.job import Lane
from worker.speech.engine import Call
from worker.speech.front.turns import Pace, Turns
from worker.speech.front.vad import Span
from worker.speech.language import LanguageRules
from worker.speech.model import SpeechModel, load
from worker.speech.progress import Progress
from worker.speech.windows import WHOLE, pack

BUDGET_S = 480.0
SWEEP_S = 270.0
JOBS = 48
MEAN_S, TOTAL_S, PEER_SHARE = 360.0, 7_200.0, 6


def main(console: Console, folder: Path) -> int:
    """Measure, print, write; 0 also where there is nothing to measure with."""
    device = find()
    if isinstance(device, str):
        console.print(device)
        return 0
    sign = Sign(console)
    with sign.row("build", 40.0):
        place = weights.build(folder / "turbo", weights.TURBO, "float16")
        mix = calls.mix(folder / "audio", MEAN_S, TOTAL_S)
    before = device.facts()
    points = _swept(place, device, sign)
    found = _rows(place, points, mix, device, sign)
    _write(console, folder, found, points, {"before": dict(before), "after": dict(device.facts())})
    return 0


def _swept(place: Path, device: Device, sign: Sign) -> list[Point]:
    points: list[Point] = []
    ends_s = time.monotonic() + SWEEP_S
    with sign.row("sweep", SWEEP_S) as say:
        for setting in settings():
            if time.monotonic() > ends_s:
                break
            say(str(setting))
            points += sweep(setting, _network(place, setting), device, time.monotonic)
    return points


def _network(place: Path, setting: Setting) -> Network:
    whisper = WhisperModel(str(place), "cuda", compute_type=setting.compute_type, num_workers=setting.inter_threads)
    model = load(place, "cuda", setting.compute_type)
    tokenizer = model.tokenizer("en")
    return Network(whisper.model, [*tokenizer.sot_sequence, tokenizer.no_timestamps], model.mels)


def _rows(
    place: Path, points: Sequence[Point], mix: Sequence[Recorded], device: Device, sign: Sign
) -> dict[str, float]:
    chosen = figures.proposed(points)
    model, network = _fixed(place, chosen.compute_type)
    cores = len(os.sched_getaffinity(0))
    by_permits: dict[int, Ran] = {}
    with sign.row("H1 to H4", BUDGET_S - SWEEP_S) as say:
        for permits in sorted({1, max(1, cores // 2), cores}):
            say(f"ours, VAD on, {permits} of {cores} cores prepare")
            by_permits[permits] = _whole(model, network, chosen.rows, mix, permits)
        say("ours, VAD off")
        without_vad = _window_rate(model, chosen.rows, mix, cores)
        say("batched pipeline")
        theirs = _pipeline_rate(model, mix[::PEER_SHARE])
    ours = max(by_permits.values(), key=lambda ran: ran.call_rate)
    best = figures.roofline(device.facts()["name"])
    found = {"H1": ours.call_rate / theirs, "H2": ours.call_rate, "H4": ours.window_rate / without_vad}
    found |= {"H3": figures.peak(points).rate / best} if best else {}
    prepared = {f"call_rate_{permits}_cores": ran.call_rate for permits, ran in by_permits.items()}
    return found | {"H5": float(chosen.rows), "engine_idle": ours.idle, "R": ours.call_rate} | prepared


def _pipeline_rate(model: SpeechModel, few: Sequence[Recorded]) -> float:
    transcribe, started_s = peers.batched(model.whisper), time.monotonic()
    for call in few:
        transcribe(call)
    return sum(call.duration_s for call in few) / (time.monotonic() - started_s)


def _fixed(place: Path, compute_type: str) -> tuple[SpeechModel, FixedTokens]:
    model = load(place, "cuda", compute_type)
    network = FixedTokens(model.whisper.model, models.words(model))
    whisper: WhisperModel = model.whisper
    whisper.model = network
    return dataclasses.replace(model, whisper=whisper, packing=WHOLE), network


@dataclasses.dataclass(frozen=True, slots=True)
class Ran:
    """Our pipeline from file to transcript: call- and window-seconds a second, and the idle share of the engine."""

    call_rate: float
    window_rate: float
    idle: float


def _whole(model: SpeechModel, network: FixedTokens, rows: int, mix: Sequence[Recorded], permits: int) -> Ran:
    line = Line(model, rows, turns=Turns(permits))
    busy_s, before, started_s = network.busy_s, network.rows, time.monotonic()
    with ThreadPoolExecutor(JOBS) as jobs:
        list(jobs.map(lambda call: line.transcribe(call, Progress()), mix))
    wall_s = time.monotonic() - started_s
    line.engine.stop()
    window_rate = figures.WINDOW_S * (network.rows - before) / wall_s
    return Ran(sum(call.duration_s for call in mix) / wall_s, window_rate, 1 - (network.busy_s - busy_s) / wall_s)


def _window_rate(model: SpeechModel, rows: int, mix: Sequence[Recorded], permits: int) -> float:
    """Window-seconds a second with full windows cut by the clock: mel, no voice activity detection."""
    line = Line(model, rows, turns=Turns(permits))
    rules = LanguageRules("en", ("en",))
    cut = []
    for call in mix:
        with call.path.open("rb") as audio:
            leg = line.transcriber.decoder.decode(audio).samples[0]
        spans = [Span(at, at + 29 * 16_000) for at in range(0, len(leg) - 29 * 16_000, 30 * 16_000)]
        cut.append(pack(0, leg, spans, WHOLE))
    calls_ = [Call(own, rules, Pace(line.turns, Lane.INTERACTIVE, Progress())) for own in cut if own]
    started_s = time.monotonic()
    with ThreadPoolExecutor(JOBS) as jobs:
        list(jobs.map(line.engine.transcribe, calls_))
    rate = sum(len(call.windows) for call in calls_) * figures.WINDOW_S / (time.monotonic() - started_s)
    line.engine.stop()
    return rate


def _write(
    console: Console, folder: Path, found: dict[str, float], points: Sequence[Point], device: dict[str, object]
) -> None:
    table = Table(title="make bench GPU=1 (real-gpu, random weights)")
    for name in ("id", "figure", "value", "target", "moonshot", ""):
        table.add_column(name)
    for row, goal in GOALS.items():
        if row in found:
            table.add_row(
                row,
                goal.says,
                f"{found[row]:.4g}",
                str(goal.target),
                str(goal.moonshot),
                figures.verdict(row, found[row]),
            )
    console.print(table)
    facts = report.circumstances(is_noisy=False, load=os.getloadavg()[0], is_quick=False)
    rows = {row: {"value": value, "engine": "real-gpu"} for row, value in found.items()}
    content = rows | {"points": [dataclasses.asdict(point) for point in points], "device": device} | facts
    report.write(Path("bench-gpu.json"), content)
    (folder / "measured.json").write_text(json.dumps(figures.measured(points, found["R"]), indent=1) + "\n", "utf-8")
    console.print(f"wrote bench-gpu.json and {folder / 'measured.json'}")
