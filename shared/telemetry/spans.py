"""Every span of a trace, by name: where the seconds of one call went."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

SpanName = Literal[
    "submit", "enqueue", "job", "fetch", "decode", "prep", "transcribe", "batch", "store", "publish", "deliver"
]

SPANS: Final[Mapping[SpanName, str]] = MappingProxyType(
    {
        "submit": "the request that made the job",
        "enqueue": "the doorbell is rung; once more each time that it has to be rung again",
        "job": "one claim, from the claim to what its message came to",
        "fetch": "the audio comes in",
        "decode": "the recording becomes samples; waiting for a turn included",
        "prep": "the parties are told apart and their speech is found",
        "transcribe": "the engine hears the call; waiting for rows of others included",
        "batch": "one batch of the engine; a trace of its own, with a link to each job in it",
        "store": "the transcript is written",
        "publish": "the event is told",
        "deliver": "one attempt to send the event to one endpoint",
    }
)

assert set(SPANS) == set(get_args(SpanName)), "every span has a meaning"
