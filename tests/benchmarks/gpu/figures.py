"""The arithmetic of the GPU rows: no device is touched here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

ENOUGH = 0.9  # of the best rate: the batch size that is proposed reaches so much
WINDOW_S = 30.0

# Window-seconds a second at the roofline, turbo, 30 s, 90 tokens, beam 5, fp16, B = 32: computed.
ROOFLINE: Mapping[str, float] = {"T4": 620, "A10G": 757, "L4": 907, "L40S": 2_670, "H100": 8_387, "H200": 9_402}


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of the sweep and what it gave: window-seconds a second, memory in use."""

    rows: int
    slots: int
    inter_threads: int
    compute_type: str
    beam: int
    rate: float
    used_bytes: int


@dataclass(frozen=True, slots=True)
class GpuGoal:
    """An H row."""

    says: str
    better: Literal["more", "less"]
    target: float
    moonshot: float


GOALS: Mapping[str, GpuGoal] = {
    "H1": GpuGoal("throughput / BatchedInferencePipeline, VAD on", "more", 6.0, 15.0),
    "H2": GpuGoal("call-seconds a second with VAD, stereo", "more", 1_740.0, 4_000.0),
    "H3": GpuGoal("engine alone / roofline", "more", 0.30, 0.50),
    "H4": GpuGoal("VAD on / VAD off", "more", 0.9, 0.98),
    "H5": GpuGoal("smallest B with 90 % of peak", "less", 256.0, 256.0),
}


def roofline(name: str) -> float | None:
    """The roofline of a card by the longest known name that its own holds; None for an unknown card."""
    known = sorted((short for short in ROOFLINE if short in name.replace("-", " ").split()), key=len)
    return ROOFLINE[known[-1]] if known else None


def peak(points: Sequence[Point]) -> Point:
    """The setting with the highest rate."""
    return max(points, key=lambda point: point.rate)


def proposed(points: Sequence[Point]) -> Point:
    """The smallest batch that reaches nine tenths of the best rate, otherwise set as the best is."""
    best = peak(points)
    alike = [point for point in points if _kind(point) == _kind(best)]
    return min((point for point in alike if point.rate >= ENOUGH * best.rate), key=lambda point: point.rows)


def row_bytes(points: Sequence[Point]) -> float:
    """Memory that one more row takes: the slope of a line through the points of the best setting."""
    best = peak(points)
    alike = [point for point in points if _kind(point) == _kind(best)]
    if len({point.rows for point in alike}) < 2:
        return 0.0
    slope, _ = np.polyfit([point.rows for point in alike], [point.used_bytes for point in alike], 1)
    return float(max(slope, 0.0))


def affine(points: Sequence[Point]) -> tuple[float, float]:
    """The a and b of the cost model, a + b = 1, fitted to the batch times of the best setting."""
    best = peak(points)
    alike = [point for point in points if _kind(point) == _kind(best)]
    rows = [point.rows for point in alike]
    if len(set(rows)) < 2:
        return 0.0, 1.0
    b, a = np.polyfit(rows, [WINDOW_S * point.rows / point.rate for point in alike], 1)
    return float(a / (a + b)), float(b / (a + b))


def measured(points: Sequence[Point], call_rate: float) -> dict[str, float]:
    """What `callscribe plan` and Terraform take over: R, the proposed B, and the cost of a batch."""
    a, b = affine(points)
    chosen = proposed(points)
    return {"R": call_rate, "R_w": chosen.rate, "B": chosen.rows, "a": a, "b": b, "row_bytes": row_bytes(points)}


def verdict(row: str, value: float) -> str:
    """`met` or by how much the target was missed."""
    goal = GOALS[row]
    is_met = value >= goal.target if goal.better == "more" else value <= goal.target
    return "met" if is_met else f"missed by {abs(value - goal.target):.3g}"


def _kind(point: Point) -> tuple[int, int, str, int]:
    return point.slots, point.inter_threads, point.compute_type, point.beam
