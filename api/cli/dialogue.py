"""How a transcript and a job look on a terminal, and as clean text where there is none."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.client import Event, Job, Transcript

COLOURS: Mapping[str, str] = MappingProxyType({"agent": "cyan", "customer": "yellow"})
OTHER_COLOUR = "green"
STATUS_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "completed": "green", "failed": "red", "canceled": "red", "processing": "yellow", "running": "yellow",
        "delivered": "green", "dead": "red",
    }
)  # fmt: skip


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


def show_dialogue(transcript: Transcript, console: Console) -> None:
    """The turns: in columns on a terminal, where long ones are wrapped below themselves; else a line each."""
    if not console.is_terminal:
        for line in dialogue(transcript):
            console.print(line, soft_wrap=True)
        return
    turns = Table.grid(padding=(0, 2, 0, 0))
    for turn in transcript.utterances:
        colour = COLOURS.get(turn.speaker or "", OTHER_COLOUR)
        speaker = Text(turn.speaker or "", style=f"bold {colour}")
        turns.add_row(Text(clock(turn.start), style="dim"), speaker, Text(turn.text, style=colour))
    console.print(turns)


def figures(transcript: Transcript) -> Iterator[str]:
    """What a sales coach asks first: who talked how much and how fast, who cut in, how long nobody spoke."""
    talk = transcript.conversation
    if talk is None:
        return
    for speaker, share in (talk.talk_ratio or {}).items():
        words = talk.words_per_minute.get(speaker)
        seconds = (talk.talk_s or {}).get(speaker, 0.0)
        rate = "" if words is None else f", {words} words a minute"
        yield f"{speaker} talks {100 * share:.0f} % ({clock(seconds)}{rate})"
    if talk.longest_monologue is not None:
        longest = talk.longest_monologue
        yield f"longest turn {clock(longest.duration)} by {longest.speaker}, at {clock(longest.start)}"
    cut = [f"{one.by} at {clock(one.at)}" for one in talk.interruptions or ()]
    if cut:
        yield f"interruptions: {', '.join(cut)}"
    yield f"silence {clock(talk.silence_s)}, the longest {clock(talk.longest_silence_s)}"


def suppressed(transcript: Transcript) -> Iterator[Text]:
    """Text that was left out, with the reason."""
    for one in transcript.suppressed:
        yield Text.assemble(
            (f"{clock(one.start)}  ", "dim"), (one.text, "strike"), (f"  {', '.join(one.reasons)}", "yellow")
        )


def job_line(job: Job) -> Text:
    """A job in one line: id, status, stage and percent, language, warnings, error."""
    duration = clock(job.audio.duration) if job.audio.duration is not None else ""
    facts = [stage_of(job), job.language or "", duration, ", ".join(job.warnings)]
    if job.error is not None:
        facts.append(f"{job.error.code}: {job.error.message}")
    told = "  ".join(fact for fact in facts if fact)
    line = Text.assemble(f"{job.id}  ", (job.status, STATUS_COLOURS.get(job.status, "")), f"  {told}" if told else "")
    line.rstrip()
    return line


def stage_of(job: Job) -> str:
    """What happens to the job now, in words: `transcribing 63 %`."""
    percent = f"{job.progress.percent:.0f} %" if job.progress is not None else ""
    return " ".join(word for word in (job.stage or "", percent) if word)


def event_line(event: Event) -> str:
    """An event in one line, as a subscriber's log would have it."""
    data = event.data
    duration = clock(data.duration) if data.duration is not None else ""
    about = data.job_id or data.batch_id or ""
    words = [event.type, about, data.reference or "", data.language or "", duration, event.id]
    return "  ".join(word for word in words if word)
