"""Options of `callscribe plan`; one that is not given is as planned, or as in the file of --inputs."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import AsJson

CALLS, WORKERS, MONEY, ANSWER = "The calls", "The workers", "The money", "The answer"
HOURS = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What comes in."""

    reps: Annotated[
        list[int], typer.Option(metavar="N", help="sales reps; may be repeated (100, 1000)", rich_help_panel=CALLS)
    ] = field(default_factory=list)
    calls: Annotated[
        float | None, typer.Option(metavar="N", help="calls of a rep and day (16)", rich_help_panel=CALLS)
    ] = None
    minutes: Annotated[
        float | None, typer.Option(metavar="MIN", help="mean length of a call (6)", rich_help_panel=CALLS)
    ] = None
    sigma: Annotated[
        float | None, typer.Option(metavar="X", help="spread of the lengths, lognormal (0.8)", rich_help_panel=CALLS)
    ] = None
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|W,W,…", help="usual, humps, or 24 weights from midnight on (usual)", rich_help_panel=CALLS
        ),
    ] = None
    trace: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="a real day: lines of time,seconds (CSV or JSON)", rich_help_panel=CALLS),
    ] = None
    night: Annotated[
        float | None,
        typer.Option(metavar="HOURS", help="old calls a night (half an hour a rep)", rich_help_panel=CALLS),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """What works on it; the defaults are the plan's."""

    r: Annotated[
        float | None, typer.Option("--r", metavar="X", help="call-seconds a second of one", rich_help_panel=WORKERS)
    ] = None
    overhead: Annotated[
        float | None, typer.Option(metavar="S", help="seconds beside, each job", rich_help_panel=WORKERS)
    ] = None
    boot: Annotated[
        float | None, typer.Option(metavar="S", help="seconds from zero to its first call", rich_help_panel=WORKERS)
    ] = None
    idle: Annotated[
        int | None, typer.Option(metavar="MIN", help="minutes without work until they go", rich_help_panel=WORKERS)
    ] = None
    tail: Annotated[
        float | None, typer.Option(metavar="S", help="an empty machine is ended after so long", rich_help_panel=WORKERS)
    ] = None
    floor: Annotated[
        int | None, typer.Option(metavar="N", help="workers always there in office hours", rich_help_panel=WORKERS)
    ] = None
    most: Annotated[
        int | None, typer.Option(metavar="N", help="the ceiling (computed from the load)", rich_help_panel=WORKERS)
    ] = None
    goal: Annotated[
        float | None, typer.Option(metavar="S", help="how long a call may wait", rich_help_panel=WORKERS)
    ] = None
    economy_goal: Annotated[
        float | None, typer.Option(metavar="S", help="the same in the economy profile", rich_help_panel=WORKERS)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What it is bought for."""

    spot: Annotated[
        float | None, typer.Option(metavar="SHARE", help="part of the workers on Spot, 0 to 1", rich_help_panel=MONEY)
    ] = None
    egress: Annotated[
        str | None, typer.Option(metavar="HOW", help="public, nat or endpoints", rich_help_panel=MONEY)
    ] = None
    region: Annotated[str | None, typer.Option(metavar="NAME", help="AWS region", rich_help_panel=MONEY)] = None
    instance: Annotated[str | None, typer.Option(metavar="TYPE", help="EC2 type", rich_help_panel=MONEY)] = None
    days: Annotated[
        float | None, typer.Option(metavar="N", help="working days a month (21)", rich_help_panel=MONEY)
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How it is answered."""

    policy: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="always, defaults, messages, responsive, economy, clairvoyant; may be repeated (all)",
            rich_help_panel=ANSWER,
        ),
    ] = field(default_factory=list)
    seeds: Annotated[int | None, typer.Option(metavar="N", help="days to play (3)", rich_help_panel=ANSWER)] = None
    inputs: Annotated[
        Path | None, typer.Option(metavar="FILE", help="any of these by name, TOML or JSON", rich_help_panel=ANSWER)
    ] = None
    plan: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="`terraform show -json` of your plan", rich_help_panel=ANSWER),
    ] = None
    as_json: AsJson = False
    plots: Annotated[
        Path | None, typer.Option(metavar="DIR", help="draw the answer into a folder", rich_help_panel=ANSWER)
    ] = None


def given(*groups: Demand | Workers | Money | Way) -> dict[str, Any]:
    """What was given on the command line, by the name of the input.

    Raises:
        BadParameter: --profile is neither a name nor numbers.
    """
    found = {one.name: getattr(group, one.name) for group in groups for one in fields(group)}
    found = {name: value for name, value in found.items() if value not in (None, [])}
    if HOURS in str(found.get("profile", "")):
        found["profile"] = _weights(found["profile"])
    return {name: value for name, value in found.items() if name not in ("inputs", "plan", "plots", "as_json")}


def _weights(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(weight) for weight in text.split(HOURS))
    except ValueError:
        raise typer.BadParameter("--profile: write usual, humps, or 24 numbers separated by commas") from None
