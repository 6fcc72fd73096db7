"""How a transcript and a job look on a terminal, and as clean text where there is none."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from rich.text import Text

from api.cli.views import Event, Job, Transcript

COLOURS: Mapping[str, str] = MappingProxyType({"agent": "cyan", "customer": "yellow"})
OTHER_COLOUR = "green"
STATUS_COLOURS: Mapping[str, str] = MappingProxyType(
    {"completed": "green", "failed": "red", "canceled": "red", "processing": "yellow"}
)


def clock(seconds: float) -> str:
    """Seconds of a call as `MM:SS`, or `H:MM:SS` in a long one."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def dialogue(transcript: Transcript) -> Iterator[Text]:
    """One line a turn: time, role in its colour, text."""
    width = max((len(turn.speaker or "") for turn in transcript.utterances), default=0)
    for turn in transcript.utterances:
        speaker = turn.speaker or ""
        colour = COLOURS.get(speaker, OTHER_COLOUR)
        yield Text.assemble(
            (f"{clock(turn.start)}  ", "dim"), (f"{speaker:<{width}}  ", f"bold {colour}"), (turn.text, colour)
        )


def job_line(job: Job) -> Text:
    """A job in one line: id, status, stage and percent, language, warnings, error."""
    duration = clock(job.audio.duration) if job.audio.duration is not None else ""
    facts = [stage_of(job), job.language or "", duration, ", ".join(job.warnings)]
    if job.error is not None:
        facts.append(f"{job.error.code}: {job.error.message}")
    colour = STATUS_COLOURS.get(job.status, "")
    told = "  ".join(fact for fact in facts if fact)
    return Text.assemble(f"{job.id}  ", (f"{job.status:<15}", colour), f"  {told}")


def stage_of(job: Job) -> str:
    """What happens to the job now, in words: `transcribing 63 %`."""
    percent = f"{job.progress.percent:.0f} %" if job.progress is not None else ""
    return " ".join(word for word in (job.stage or "", percent) if word)


def event_line(event: Event) -> str:
    """An event in one line, as a subscriber's log would have it."""
    data = event.data
    duration = clock(data.duration) if data.duration is not None else ""
    words = [event.type, data.job_id, data.reference or "", data.language or "", duration, event.id]
    return "  ".join(word for word in words if word)
