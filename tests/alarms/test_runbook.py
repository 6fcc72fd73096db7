"""Whoever is called at night finds an entry for what rang, with commands that exist."""

import shlex
from functools import cache

import botocore.session
import pytest
import typer
from alarms.cloudwatch.alarm import alarms_of, committed
from alarms.planned.runbook import PARTS, RUNBOOK, commands, entries, filled, heading
from botocore import xform_name

from api.cli.main import app

EXTRACT = committed()
WATCHING = {alarm.short: alarm for alarm in alarms_of(EXTRACT) if alarm.priority}
ENTRIES = entries(RUNBOOK.read_text())
COMMANDS = sorted({command for entry in ENTRIES.values() for command in commands(entry)})
BY_HAND = {("logs", "tail"): {"since", "filter-pattern"}}
"""Commands of the AWS CLI that are no operation of a service, with their options."""
EVERYWHERE = {"query", "output", "max-items", "cli-binary-format", "payload"}
"""Options of the AWS CLI itself; `--payload` is a file there."""


@pytest.mark.parametrize("name", WATCHING)
def test_an_alarm_leads_to_an_entry_of_the_runbook(name):
    assert heading(WATCHING[name]) in ENTRIES


@pytest.mark.parametrize("name", WATCHING)
def test_an_alarm_says_its_priority_and_one_reason(name):
    alarm = WATCHING[name]
    reason, _, _ = alarm.description.partition(". See ")

    assert alarm.description.startswith(f"{alarm.priority}: ")
    assert alarm.priority in {"P1", "P2", "P3"}
    assert len(reason) > 30
    assert ". " not in reason


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_has_all_parts_in_order(name):
    places = [ENTRIES[name].find(part) for part in PARTS]

    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_begins_with_a_command(name):
    assert "```sh\n" in ENTRIES[name]
    assert commands(ENTRIES[name])


def test_every_entry_belongs_to_an_alarm():
    assert set(ENTRIES) == {heading(alarm) for alarm in WATCHING.values()} | {"degraded"}


def test_every_link_between_entries_leads_somewhere():
    text = "".join(ENTRIES.values())

    assert [anchor for anchor in text.split("](#")[1:] if anchor.split(")")[0] not in ENTRIES] == []


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("aws ")])
def test_a_command_of_aws_is_one_that_it_has(command):
    _, service, operation, *options = shlex.split(command)

    assert _named(options) <= _options(service, operation) | EVERYWHERE


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("callscribe ")])
def test_a_command_of_callscribe_is_one_that_it_has(command):
    found = typer.main.get_command(app)
    words = shlex.split(command)[1:]
    while hasattr(found, "commands"):
        found = found.commands[words.pop(0)]

    known = {option for one in found.params for option in (*one.opts, *one.secondary_opts)}

    assert {f"--{name}" for name in _named(words)} <= known


def test_the_table_of_alarms_is_the_planned_one():
    text = RUNBOOK.read_text()

    assert text == filled(text, alarms_of(EXTRACT)), "run: PYTHONPATH=tests python -m alarms"


def _named(words):
    return {word[2:] for word in words if word.startswith("--")}


@cache
def _options(service, operation):
    if (service, operation) in BY_HAND:
        return BY_HAND[service, operation]
    model = _session().get_service_model(service)
    shapes = {xform_name(name, "-"): name for name in model.operation_names}
    return {xform_name(member, "-") for member in model.operation_model(shapes[operation]).input_shape.members}


@cache
def _session():
    return botocore.session.Session()
