"""A transcriber that leaves something to listen to, as the worker's does."""

import dataclasses
from dataclasses import dataclass, field

from bench import Scribe

from shared.protocol.intents import Listening

PEAKS = (
    b'{"schema_version":"1.0","object":"peaks","job_id":"job_01KF0HJ2A2Q4W8XN2V5T6R9S0A","duration":0.1,'
    b'"interval_s":0.05,"channels":[{"index":0,"role":"agent","peaks":[0,255]}]}'
)
DERIVATIVE = Listening(PEAKS, "audio/webm", b"opus")
ORIGINAL = Listening(PEAKS, "audio/wav", None)
NOTHING_PLAYS = Listening(PEAKS, None, None)


@dataclass
class ListenedScribe(Scribe):
    """Writes the example of the contract, and beside it what is listened to."""

    listening: Listening = field(default_factory=lambda: DERIVATIVE)

    def transcribe(self, audio, order, progress):
        return dataclasses.replace(super().transcribe(audio, order, progress), listening=self.listening)
