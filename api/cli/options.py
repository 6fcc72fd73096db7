"""Options of commands as values: a command takes a dataclass, and each of its fields is an option."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

import typer

from api.cli.session import Session
from api.client import Wishes

HOW = "How it is transcribed"
Lane: TypeAlias = Literal["interactive", "batch"]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON, a line each, for programs")]
JobIds = Annotated[list[str], typer.Argument(metavar="JOB_ID", help="job_…; - reads them from standard input")]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="how many at most")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


def moment(text: str) -> datetime:
    """A moment as people write it: `2026-01-15` or `2026-01-15T12:00Z`; without a zone it is local time."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment: write 2026-01-15 or 2026-01-15T12:00Z") from None


def pairs(texts: list[str], option: str) -> dict[str, str]:
    """`name=value` texts as a mapping."""
    split = [text.partition("=") for text in texts]
    if wrong := [name for name, sign, _ in split if not (name and sign)]:
        raise typer.BadParameter(f"write {option} name=value, not {wrong[0]!r}")
    return {name: value for name, _, value in split}


Moment: TypeAlias = Annotated[datetime | None, typer.Option(parser=moment, metavar="WHEN")]


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a call is to be transcribed; what is not given is left to the service."""

    language: Annotated[
        str | None, typer.Option(metavar="LANG", help="fr, de, it, en; heard when not given", rich_help_panel=HOW)
    ] = None
    candidate: Annotated[
        list[str], typer.Option(metavar="LANG", help="a language to choose from; may be repeated", rich_help_panel=HOW)
    ] = field(default_factory=list)
    model: Annotated[str | None, typer.Option(metavar="NAME", help="see `callscribe models`", rich_help_panel=HOW)] = (
        None
    )
    channels: Annotated[
        Literal["auto", "separate", "mix"] | None,
        typer.Option(metavar="HOW", help="auto, separate or mix", rich_help_panel=HOW),
    ] = None
    role: Annotated[
        list[str],
        typer.Option(metavar="N=ROLE", help="who speaks where: 0=agent; may be repeated", rich_help_panel=HOW),
    ] = field(default_factory=list)
    words: Annotated[
        bool | None, typer.Option("--words/--no-words", help="a time for each word", rich_help_panel=HOW)
    ] = None
    fail_on: Annotated[
        list[str], typer.Option(metavar="WARNING", help="what makes it fail; may be repeated", rich_help_panel=HOW)
    ] = field(default_factory=list)
    lane: Annotated[Lane | None, typer.Option(metavar="LANE", help="interactive or batch", rich_help_panel=HOW)] = None
    deadline: Annotated[
        datetime | None,
        typer.Option(
            parser=moment, metavar="WHEN", help="not started by then, it fails: 2026-01-15T12:00Z", rich_help_panel=HOW
        ),
    ] = None
    audio_days: Annotated[
        int | None, typer.Option(min=1, max=180, metavar="DAYS", help="keep the audio so long", rich_help_panel=HOW)
    ] = None
    transcript_days: Annotated[
        int | None, typer.Option(min=1, max=365, metavar="DAYS", help="keep the text so long", rich_help_panel=HOW)
    ] = None

    def wishes(self, **more: Any) -> Wishes:
        """The same as a client words it."""
        roles = pairs(self.role, "--role")
        if wrong := [channel for channel in roles if not channel.isdigit()]:
            raise typer.BadParameter(f"write --role 0=agent, with the number of the channel, not {wrong[0]!r}")
        return Wishes(
            language=self.language,
            candidates=self.candidate,
            model=self.model,
            mode=self.channels,
            roles={int(channel): role for channel, role in roles.items()},
            word_timestamps=self.words,
            fail_on=self.fail_on,
            lane=self.lane,
            deadline_at=self.deadline,
            audio_days=self.audio_days,
            transcript_days=self.transcript_days,
            **more,
        )


def asks(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command of a function: its dataclass is spread into options, its session is handed in."""
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint) and hint is not Session}
    sessions = [name for name, hint in hints.items() if hint is Session]
    plain = [p for p in inspect.signature(function).parameters.values() if p.name not in {*groups, *sessions}]

    def command(context: typer.Context, **given: Any) -> None:
        made: dict[str, Any] = dict.fromkeys(sessions, context.obj)
        for name, group in groups.items():
            made[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        function(**made, **given)

    asked = [
        _parameter("context", typer.Context, inspect.Parameter.empty),
        *(_parameter(one.name, hints[one.name], one.default) for one in plain),
        *(parameter for group in groups.values() for parameter in _spread(group)),
    ]
    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.__annotations__ = {one.name: one.annotation for one in asked}
    command.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
    return command


def _spread(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [_parameter(one.name, hints[one.name], _default(one)) for one in fields(group)]


def _default(one: Any) -> Any:
    """What a field is when it is not given."""
    if one.default_factory is not MISSING:
        return one.default_factory()
    return inspect.Parameter.empty if one.default is MISSING else one.default


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
