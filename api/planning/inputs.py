"""Files that people edit: inputs as TOML or JSON, a day's calls as CSV or JSON lines, a plan of Terraform."""

import csv
import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api.planning.demand import DAY_S, Calls, within_day
from api.planning.fleet import LIVE, Fleet, Planned
from api.planning.question import Question
from api.planning.terraform import NotPlanned, planned


class BadInput(ValueError):
    """Something that was given cannot be used; the message names it and what to write instead."""


def question_of(path: Path | None, options: Mapping[str, Any]) -> Question:
    """The inputs of a file, overruled by options.

    Raises:
        BadInput: a name is unknown, or a value is out of its range.
    """
    given = {**({} if path is None else _inputs(path)), **options}
    for name in given:
        if name not in Question.model_fields:
            near = difflib.get_close_matches(name, Question.model_fields, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(Question.model_fields)}"
            raise BadInput(f"{path}: there is no input {name}{hint}")
    try:
        return Question.model_validate(given)
    except ValidationError as error:
        raise BadInput("; ".join(_complaint(one) for one in error.errors())) from error


def fleet_of(path: Path, usual: Fleet) -> Fleet:
    """The committed fleet with one plan put in: in the place that its live lane's profile names.

    Raises:
        BadInput: the file is no plan.
    """
    try:
        read = planned(json.loads(_text(path)))
    except (json.JSONDecodeError, NotPlanned) as error:
        raise BadInput(f"--plan {path}: {error}; make it with `terraform show -json PLANFILE`") from error
    return usual.model_copy(update={"economy" if _waits(read) else "responsive": read})


def trace_of(path: Path) -> Calls:
    """A day of calls: lines `time,seconds`, or JSON lines with these names.

    Time is a moment with a date, HH:MM or HH:MM:SS, or seconds after midnight; dates are left out of account.

    Raises:
        BadInput: a line is not understood; the message says which.
    """
    rows = list(_rows(path))
    calls = []
    for number, (at, seconds) in enumerate(rows, 1):
        try:
            calls.append((_seconds(at), float(seconds)))
        except (TypeError, ValueError) as error:
            if number == 1 and path.suffix != ".json":
                continue  # the names of the columns
            raise BadInput(f"--trace {path}: line {number}: write time,seconds like 09:15:00,240") from error
    if not calls or min(audio_s for _, audio_s in calls) <= 0:
        raise BadInput(f"--trace {path}: it must hold calls, each longer than 0 s")
    return within_day(Calls(tuple(at_s for at_s, _ in calls), tuple(audio_s for _, audio_s in calls)))


def _inputs(path: Path) -> dict[str, Any]:
    text = _text(path)
    try:
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise BadInput(f"--inputs {path}: {error}; write TOML, or JSON into a file that ends in .json") from error
    if not isinstance(found, dict):
        raise BadInput(f"--inputs {path}: it must hold names and values")
    return found


def _rows(path: Path) -> Iterable[tuple[Any, Any]]:
    lines = [line for line in _text(path).splitlines() if line.strip()]
    if lines and lines[0].lstrip().startswith("{"):
        try:
            told = [json.loads(line) for line in lines]
            return [(one["time"], one["seconds"]) for one in told]
        except (KeyError, json.JSONDecodeError) as error:
            raise BadInput(f'--trace {path}: write lines like {{"time": "09:15:00", "seconds": 240}}') from error
    return [(row[0], row[1] if len(row) > 1 else None) for row in csv.reader(lines)]


def _seconds(at: Any) -> float:
    text = str(at).strip()
    if text.replace(".", "", 1).isdigit():
        return float(text) % DAY_S
    if ":" in text and "-" not in text:
        hours, minutes, *rest = (float(part) for part in text.split(":"))
        return (hours * 3_600 + minutes * 60 + sum(rest)) % DAY_S
    moment = datetime.fromisoformat(text)
    return moment.hour * 3_600.0 + moment.minute * 60 + moment.second


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: it cannot be read: {error}") from error


def _complaint(error: Any) -> str:
    place = "".join(f"--{part}" for part in error["loc"][:1])
    return f"{place}: {error['msg'].removeprefix('Value error, ')}".removeprefix(": ")


def _waits(read: Planned) -> bool:
    """Whether the live lane lets calls wait for their deadline."""
    return any("DeadlineSlackSeconds" in alarm.maths.metrics.values() for alarm in read.lanes[LIVE].alarms)
