"""What the demo promises, as pure functions: what came of a call, and which promises it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from api.client import Event, Job, Transcript
from api.client.views import View
from shared.accuracy import Accuracy, compare, total

WER_LIMITS: Mapping[str, float] = MappingProxyType({"en": 0.20, "fr": 0.25})
"""By language, for each call; the other languages are reported and never fail the demo."""
DAMAGED = "damaged"
AUDIO_SUFFIXES = (".wav", ".mp3", ".ogg", ".flac")


class ReferenceChannel(View):
    """What was said on one channel, and by whom; a mono call has one, with both parties on it."""

    role: str
    text: str


class Reference(View):
    """What was really said in a bundled call."""

    title: str
    language: str
    channels: tuple[ReferenceChannel, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A bundled call: the recording, and what was said in it."""

    path: Path
    reference: Reference

    @property
    def name(self) -> str:
        """The name of its file, which the demo gives the job as reference."""
        return self.path.name

    @property
    def is_damaged(self) -> bool:
        """Whether the file was broken on purpose: it must be transcribed as far as it goes, with a warning."""
        return self.path.stem.startswith(DAMAGED)


@dataclass(frozen=True, slots=True)
class Played:
    """A call and what came of it."""

    call: Call
    job: Job
    transcript: Transcript | None
    event_ids: frozenset[str]

    @property
    def accuracy(self) -> Accuracy:
        """Wrong words of all legs; each leg is compared on its own, so that overlapping speech costs nothing."""
        return accuracy_of(self.call.reference, self.transcript) if self.transcript else Accuracy(1, 1)


def bundled_calls(folder: Path) -> list[Call]:
    """The recordings in `folder` that have a text of the same name in alphabetical order."""
    found = [path for path in folder.iterdir() if path.suffix in AUDIO_SUFFIXES]
    calls = [Call(path, _reference(path)) for path in found if path.with_suffix(".json").is_file()]
    return sorted(calls, key=lambda call: call.name)


def accuracy_of(reference: Reference, transcript: Transcript) -> Accuracy:
    """Compare channel by channel where there are several, else the text as a whole."""
    if len(reference.channels) == 1:
        return compare(reference.channels[0].text, transcript.text)
    return total(
        compare(channel.text, " ".join(turn.text for turn in transcript.utterances if turn.channel == index))
        for index, channel in enumerate(reference.channels)
    )


def event_ids(events: Iterable[Event], job_id: str) -> frozenset[str]:
    """The different ids under which the end of a job was told: one, however often it was delivered."""
    return frozenset(event.id for event in events if event.data.job_id == job_id)


def failures(played: Played) -> list[str]:
    """What is not as promised about one call, a sentence each; empty if all is right."""
    if played.job.status != "completed" or played.transcript is None:
        why = f": {played.job.error.code}" if played.job.error else ""
        return [f"{played.call.name} is {played.job.status}{why}, not completed"]
    found = [_accuracy_failure(played), _role_failure(played), _event_failure(played), _damage_failure(played)]
    return [f"{played.call.name}: {failure}" for failure in found if failure]


def summary(all_played: list[Played]) -> str:
    """The last line of the demo."""
    completed = sum(1 for played in all_played if played.job.status == "completed")
    wer = total(played.accuracy for played in all_played if not played.call.is_damaged).wer
    counted = f"{completed} of {len(all_played)} calls transcribed"
    return f"demo: {counted}, WER {100 * wer:.1f} %, {rtfx(all_played):.1f} x real time"


def rtfx(all_played: list[Played]) -> float:
    """Audio seconds by wall seconds, from the first submission to the last end, as the service dates them."""
    ends = [played.job.completed_at for played in all_played if played.job.completed_at]
    if not ends:
        return 0.0
    wall_s = (max(ends) - min(played.job.created_at for played in all_played)).total_seconds()
    return sum(played.job.audio.duration or 0.0 for played in all_played) / max(wall_s, 0.001)


def _accuracy_failure(played: Played) -> str | None:
    """A damaged call has lost words that nobody can hear, so it has no limit."""
    limit = WER_LIMITS.get(played.call.reference.language)
    if limit is None or played.call.is_damaged or played.accuracy.wer <= limit:
        return None
    return f"WER {100 * played.accuracy.wer:.1f} % is above {100 * limit:.0f} %"


def _role_failure(played: Played) -> str | None:
    """Both the legs and every turn must carry the role of the party that spoke on that leg."""
    assert played.transcript is not None
    wanted = [channel.role for channel in played.call.reference.channels]
    if len(wanted) == 1:
        return None
    got = [channel.role for channel in played.transcript.channels]
    speakers = {wanted[turn.channel] == turn.speaker for turn in played.transcript.utterances}
    return None if got == wanted and speakers == {True} else f"roles are {got}, not {wanted}"


def _event_failure(played: Played) -> str | None:
    """Deliveries may repeat, ids may not: a second id would be a second end."""
    count = len(played.event_ids)
    return None if count == 1 else f"{count} different events told its end, not one"


def _damage_failure(played: Played) -> str | None:
    """Silent loss is the worst: what is missing must be told."""
    if not played.call.is_damaged or "audio_incomplete" in played.job.warnings:
        return None
    return "the damage is not told: no warning audio_incomplete"


def _reference(path: Path) -> Reference:
    return Reference.model_validate_json(path.with_suffix(".json").read_text("utf-8"))
