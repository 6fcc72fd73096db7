"""What others do with the same calls and the same engine: faster-whisper as it comes, and a loop over boto3.

Everything is given to them: the language, the same beam, words on, voice activity detection on, one decoding of
the file for both channels, a warm pipeline.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from benchmarks.calls import Recorded
from benchmarks.engines.cost import CostModel, JobBatch
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.audio import decode_audio  # noqa: TID251 - this is the peer, on audio that we made

BEAM = 5
BATCH = 16
Transcribes = Callable[[Recorded], int]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a peer did with some calls: wall and CPU seconds, and the batches of its engine."""

    call_s: float
    wall_s: float
    cpu_s: float
    batches: tuple[JobBatch, ...]

    def engine_s(self) -> float:
        """Seconds that the engine was at work."""
        return sum(batch.end_s - batch.begin_s for batch in self.batches)


def unbatched(whisper: WhisperModel) -> Transcribes:
    """`WhisperModel.transcribe`, channel by channel."""
    return _by_channel(whisper.transcribe, vad_filter=True)


def batched(whisper: WhisperModel) -> Transcribes:
    """`BatchedInferencePipeline.transcribe`, channel by channel, one pipeline for all calls."""
    return _by_channel(BatchedInferencePipeline(whisper).transcribe, batch_size=BATCH)


def _by_channel(hear: Callable[..., Any], **options: Any) -> Transcribes:
    def transcribe(call: Recorded) -> int:
        found = 0
        for leg in decode_audio(str(call.path), split_stereo=True):
            segments, _ = hear(leg, language=call.language, beam_size=BEAM, word_timestamps=True, **options)
            found += sum(1 for _ in segments)
        return found

    return transcribe


def timed(transcribe: Transcribes, calls: Sequence[Recorded], network: CostModel, sign: Callable[[str], None]) -> Ran:
    """Have a peer transcribe the calls one after another."""
    network.taken()
    started_s, started_cpu_s = time.monotonic(), time.process_time()
    for place, call in enumerate(calls):
        sign(f"call {place + 1} of {len(calls)}")
        transcribe(call)
    wall_s, cpu_s = time.monotonic() - started_s, time.process_time() - started_cpu_s
    return Ran(sum(call.duration_s for call in calls), wall_s, cpu_s, network.taken())


@dataclass(frozen=True, slots=True)
class NaiveLoop:
    """The script that everybody writes first: receive one, GET, transcribe, PUT, publish, delete."""

    transcribe: Transcribes
    bucket: str
    queue_url: str
    topic_arn: str

    @classmethod
    def beside(cls, transcribe: Transcribes, bucket: str, topic_arn: str) -> "NaiveLoop":
        """Give it a queue of its own on the emulator that our worker uses."""
        return cls(transcribe, bucket, boto3.client("sqs").create_queue(QueueName="bench-naive")["QueueUrl"], topic_arn)

    def fill(self, calls: Sequence[Recorded]) -> None:
        """Upload the calls and send a message for each."""
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        for call in calls:
            key = f"naive/{call.path.name}"
            s3.put_object(Bucket=self.bucket, Key=key, Body=call.path.read_bytes())
            sqs.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps({"key": key, "language": call.language}))

    def run(self, calls: Sequence[Recorded], network: CostModel, sign: Callable[[str], None]) -> Ran:
        """Empty the queue."""
        clients = boto3.client("s3"), boto3.client("sqs"), boto3.client("sns")
        left = iter(range(len(calls)))
        return timed(lambda _call: self._next(*clients, next(left)), calls, network, sign)

    def _next(self, s3: Any, sqs: Any, sns: Any, place: int) -> int:
        (message,) = sqs.receive_message(QueueUrl=self.queue_url, WaitTimeSeconds=20)["Messages"]
        asked = json.loads(message["Body"])
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            s3.download_fileobj(self.bucket, asked["key"], file)
            file.flush()
            found = self.transcribe(Recorded(Path(file.name), asked["language"], 0.0))
        s3.put_object(Bucket=self.bucket, Key=f"naive/{place}.json", Body=json.dumps({"segments": found}).encode())
        sns.publish(TopicArn=self.topic_arn, Message=json.dumps({"done": asked["key"]}))
        sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found
