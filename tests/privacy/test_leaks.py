"""Text, names, numbers, keys and signed URLs reach no log, queue, event or webhook, and nobody else's eyes."""

import base64
import functools
import hashlib
import json
from urllib.parse import quote, quote_plus

import pytest
from privacy.canaries import NAME, PHONE, Canaries
from privacy.planted import PLANTS, found, spoiled
from privacy.sinks import SINKS, Sinks
from privacy.walk import calling
from privacy.walk.place import Place
from privacy.walk.strolling import stroll
from privacy.walk.walking import walk

from api.app import resolver
from api.contract.routes import ROUTES
from shared.job import Outcome
from shared.telemetry import is_told

ONLY_OF_REAL_PROCESSES = {"dead letters", "standard output", "object bodies elsewhere"}
OPEN = {"read_openapi", "show_docs", "show_console", "check_health"}
"""Routes that refuse nothing."""
walked = functools.cache(walk)


def test_nothing_that_was_said_leaks():
    place = walked()

    assert place.sinks.leaks(place.canaries) == []


def test_every_outlet_was_looked_at():
    poured = {sink for sink in SINKS if any(walked().sinks.texts[sink])}

    assert poured == set(SINKS) - ONLY_OF_REAL_PROCESSES


def test_every_route_answers_well_and_ill():
    names = {route.name for route in ROUTES}

    met = walked().owner.met

    assert {name for name, is_well in met if is_well} == names
    assert {name for name, is_well in met if not is_well} == names - OPEN


def test_every_ending_of_a_job_is_met():
    endings = {"COMPLETED", "REJECTED", "CHARGED", "RELEASED", "LOST", "EXHAUSTED", "UNPUBLISHED"}

    assert walked().outcomes == {Outcome[name] for name in endings}


@pytest.mark.parametrize("sink", SINKS)
def test_a_planted_leak_is_found(sink):
    with spoiled(sink) as place:
        stroll(place)

    assert PLANTS[sink][0] in found(sink, place.sinks, place)


def test_a_place_without_a_plant_is_clean():
    place = Place()
    stroll(place)

    assert place.sinks.leaks(place.canaries) == []


@pytest.mark.parametrize(
    "encode",
    [
        str.upper,
        quote,
        quote_plus,
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: json.dumps({"a": text}),
        lambda text: json.dumps(json.dumps({"a": text})),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"x{text}yz".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"xy{text}".encode()).decode(),
        lambda text: text.encode().hex(),
        lambda text: hashlib.sha256(text.encode()).hexdigest(),
        lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode(),
        lambda text: hashlib.md5(text.encode()).hexdigest(),
        lambda text: repr(text.encode()),
        lambda text: text[::-1],
        lambda text: "".join(text.split()),
    ],
)
@pytest.mark.parametrize("text", [NAME, PHONE])
def test_a_word_is_found_in_every_disguise(encode, text):
    sinks = Sinks()
    sinks.pour("doorbells", f"before {encode(text)} after")

    assert sinks.leaks(Canaries()) != []


@pytest.mark.parametrize("value", [NAME, PHONE, "adalbert@kanari.example", "audio/a/b", "", None, 7, "job_" + "A" * 99])
def test_what_is_no_id_is_told_as_none(value):
    assert not is_told("job_id", value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("job_id", "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"), ("tenant", "sales-eu"), ("request_id", "0f1e-2d"), ("status", 200)],
)
def test_ids_are_told(field, value):
    assert is_told(field, value)


def test_a_row_of_another_release_is_shown_to_nobody():
    place = Place()

    calling.meet_a_row_of_another_release(place)

    assert place.sinks.leaks(place.canaries) == []


def test_a_wrong_plan_is_shown_to_nobody():
    place = Place()

    calling.be_planned_wrongly(place)

    assert place.sinks.leaks(place.canaries) == []


def test_no_switch_of_the_environment_prints_requests(monkeypatch):
    monkeypatch.setenv("POWERTOOLS_DEV", "true")

    assert not resolver()._debug
