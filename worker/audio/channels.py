"""Which legs of a call are worth decoding, who speaks on them, and how far each hears the other.

The rules are those of api/README.md, "Channels": silence, dual mono, bleed, roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shared.errors.jobs import ChannelMappingInvalid
from worker.audio.levels import Level, Spread, level_of, likeness_of, spread_of
from worker.audio.recording import SAMPLE_RATE_HZ, Recording, Samples

MIXED = "mixed"

_SILENT_DBFS = -60.0
_CLIPPED_RATIO = 0.01
_SURELY_ALIKE_DB = 3.0
_MAYBE_ALIKE_DB = 10.0
_MAX_OFFSET_DB = 12.0
_ALIKE = 0.9
_BOTH_LEAD_DB = 3.0
_BLEED_DB = -22.0
_STEREO = 2
_BLOCK_SAMPLES = 10 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What the caller says of the channels: how to treat them, and which role each of them holds."""

    mode: Literal["auto", "separate", "mix"]
    roles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Leg:
    """One channel of the call; a silent one is kept here but is not worth decoding.

    Attributes:
        index: of the channel in the file, 0-based; 0 for a downmix.
        role: who speaks on it, `mixed` for more than one party, None if nobody said.
        samples: int16, shape (samples,), at 16,000 Hz.
        rms_dbfs: without DC, never under -120.
        clipped_ratio: share of samples at 0.999 of full scale or more, 0 to 1.
        crosstalk_db: level of the other party on this leg against the other leg; None if it cannot be told.
    """

    index: int
    role: str | None
    status: Literal["active", "silent", "dual_mono"]
    samples: Samples
    rms_dbfs: float
    clipped_ratio: float
    crosstalk_db: float | None


@dataclass(frozen=True, slots=True)
class Separated:
    """The legs of a call, and warning codes of the contract, each once."""

    legs: tuple[Leg, ...]
    warnings: tuple[str, ...]


def separate(recording: Recording, rules: ChannelRules) -> Separated:
    """Tell the legs of `recording` apart.

    Raises:
        ChannelMappingInvalid: mode `separate`, and a role names a channel that is not there.
    """
    channels = recording.samples.shape[0]
    if rules.mode == "separate" and not all(index in range(channels) for index in rules.roles):
        raise ChannelMappingInvalid
    if channels == 1:
        return _finished(_mixed(recording.samples[0]), rules, "mono_no_speaker_separation")
    if rules.mode == "mix":
        return _finished(_mixed(_downmix(recording.samples)), rules)
    return _several(recording.samples, rules)


def _several(samples: Samples, rules: ChannelRules) -> Separated:
    levels = [level_of(channel) for channel in samples]
    legs = tuple(_leg(index, rules.roles.get(index), samples[index], level) for index, level in enumerate(levels))
    if any(leg.status == "silent" for leg in legs):
        silent = () if _all_silent(legs) else ("channel_silent",)
        return _finished(legs, rules, *silent)
    if len(legs) != _STEREO:
        return _finished(legs, rules)
    spread = spread_of(*levels)
    if rules.mode == "auto" and _is_dual_mono(samples, spread):
        louder = max(legs, key=lambda leg: leg.rms_dbfs)
        return _finished((replace(louder, role=MIXED, status="dual_mono"),), rules, "dual_mono")
    return _finished(_with_crosstalk(legs, spread), rules)


def _is_dual_mono(samples: Samples, spread: Spread) -> bool:
    """Tell whether both channels hold one signal: by their levels, then, if that leaves doubt, by their waves."""
    if spread.width_db < _SURELY_ALIKE_DB and abs(spread.median_db) < _MAX_OFFSET_DB:
        return True
    return spread.width_db < _MAYBE_ALIKE_DB and likeness_of(samples[0], samples[1]) >= _ALIKE


def _with_crosstalk(legs: tuple[Leg, ...], spread: Spread) -> tuple[Leg, ...]:
    """Note the crosstalk, if each leg leads the other at times; else nothing can be told."""
    if spread.p10_db >= -_BOTH_LEAD_DB or spread.p90_db <= _BOTH_LEAD_DB:
        return legs
    return replace(legs[0], crosstalk_db=spread.p10_db), replace(legs[1], crosstalk_db=-spread.p90_db)


def _leg(index: int, role: str | None, samples: Samples, level: Level) -> Leg:
    status: Literal["active", "silent"] = "silent" if level.rms_dbfs < _SILENT_DBFS else "active"
    return Leg(index, role, status, samples, level.rms_dbfs, level.clipped_ratio, None)


def _mixed(samples: Samples) -> tuple[Leg, ...]:
    return (_leg(0, MIXED, samples, level_of(samples)),)


def _downmix(samples: Samples) -> Samples:
    """Average the channels, a block at a time: no wide copy of the call."""
    mixed = np.empty(samples.shape[1], np.int16)
    for start in range(0, len(mixed), _BLOCK_SAMPLES):
        block = samples[:, start : start + _BLOCK_SAMPLES]
        mixed[start : start + _BLOCK_SAMPLES] = np.rint(block.mean(axis=0, dtype=np.float32))
    return mixed


def _all_silent(legs: tuple[Leg, ...]) -> bool:
    return all(leg.status == "silent" for leg in legs)


def _finished(legs: tuple[Leg, ...], rules: ChannelRules, *warnings: str) -> Separated:
    """Add the warnings that follow from the legs, whatever rule made them."""
    found = {
        "no_speech": _all_silent(legs),
        "channel_bleed": any(leg.crosstalk_db is not None and leg.crosstalk_db >= _BLEED_DB for leg in legs),
        "audio_clipped": any(leg.clipped_ratio > _CLIPPED_RATIO for leg in legs),
        "roles_not_applied": not set(rules.roles.items()) <= {(leg.index, leg.role) for leg in legs},
    }
    return Separated(legs, (*warnings, *(code for code, is_so in found.items() if is_so)))
