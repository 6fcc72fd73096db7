"""The words that the contract promises: codes of a field, and of a warning."""

from typing import Literal, get_args

FieldCode = Literal[
    "unknown_field",
    "missing_field",
    "wrong_type",
    "out_of_range",
    "too_long",
    "not_allowed",
    "not_supported",
    "bad_string",
]
WarningCode = Literal[
    "audio_incomplete",
    "header_repaired",
    "trailing_data",
    "parameters_changed",
    "audio_clipped",
    "no_speech",
    "channel_silent",
    "dual_mono",
    "channel_bleed",
    "mono_no_speaker_separation",
    "roles_not_applied",
    "language_low_confidence",
    "language_mismatch",
    "language_hint_disagrees",
    "text_suppressed",
    "low_coverage",
    "times_repaired",
]
FIELD_CODES: frozenset[str] = frozenset(get_args(FieldCode))
WARNING_CODES: tuple[str, ...] = get_args(WarningCode)
