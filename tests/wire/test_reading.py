"""What is read of a request costs what it weighs, and is told in few words."""

import json

import pytest
from contract.caller import WAV, form
from hypothesis import given, settings
from hypothesis import strategies as st

from api.contract.batches import BatchRequest
from api.contract.reading import strict
from api.contract.reading.bodies import Incoming, read_body, refuse_content
from api.contract.reading.fields import MOST_NAMED
from api.contract.reading.multipart import read_form
from api.contract.submission import Submission
from shared.errors.requests import MalformedRequest, ValidationFailed

JSON = "application/json"
TRICKY = st.text(alphabet='[]{}"\\,: a', max_size=12)
VALUES = st.recursive(TRICKY | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=30)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (Submission, {f"a{number}": 1 for number in range(5_000)}),
        (Submission, {"audio": {}, "metadata": {f"a{number}": 1 for number in range(5_000)}}),
        (Submission, {"audio": {}, "tags": [1] * 5_000}),
        (Submission, {"tags": ["\0"] * 5_000}),
        (BatchRequest, {"items": [{}] * 5_000}),
    ],
)
def test_a_hundred_findings_are_told_at_once(model, body):
    with pytest.raises(ValidationFailed) as refused:
        read_body(model, Incoming(JSON, json.dumps(body).encode(), None))

    assert 0 < len(refused.value.errors) <= MOST_NAMED


def test_a_hundred_fields_are_told_where_none_is_known():
    with pytest.raises(ValidationFailed) as refused:
        refuse_content(Incoming(JSON, json.dumps({f"a{number}": 1 for number in range(5_000)}).encode(), None))

    assert len(refused.value.errors) == MOST_NAMED


@settings(max_examples=200)
@given(VALUES, TRICKY)
def test_brackets_and_quotes_in_strings_are_text(value, name):
    body = {name: value}

    assert strict.parse(json.dumps(body).encode()) == body


@pytest.mark.parametrize("text", ["]]]]", '\\"[', '"]', "[\\]"])
@pytest.mark.parametrize(("levels", "is_taken"), [(31, True), (32, False)])
def test_depth_is_counted_beside_any_text(text, levels, is_taken):
    body = f'{{"a":{json.dumps(text)},"b":{"[" * levels}{"]" * levels}}}'.encode()

    assert is_taken == (refusal_of(body) is None)


def refusal_of(body):
    try:
        strict.parse(body)
    except MalformedRequest as error:
        return error
    return None


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=é", "multipart/form-data; b€=x; boundary=x"])
def test_a_content_type_that_is_no_ascii_is_refused(content_type):
    with pytest.raises(MalformedRequest, match="boundary"):
        read_form(form(WAV)[0], content_type)


def test_a_broken_form_is_told_to_the_caller_alone(capfd, caplog):
    with pytest.raises(MalformedRequest):
        read_form(b"--x\r\nContent-Disposition: canary\rstring\r\n\r\n", "multipart/form-data; boundary=x")

    assert (capfd.readouterr().err, caplog.records) == ("", [])
