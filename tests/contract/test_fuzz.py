"""Whatever is sent, the answer is one that openapi.json promises, and never a 5xx (`Caller` checks the first)."""

import json

from contract.caller import WAV, Caller, form
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ["audio", "upload", "bytes", "sha256", "s3_uri", "options", "language", "channels", "roles", "tags", "metadata"]
NAMES += ["reference", "lane", "deadline_at", "retention", "audio_days", "fail_on", "language_candidates", "0", "1"]
WORDS = ["s3://sales-calls-eu/a", "fr", "auto", "agent", "no_speech", "2026-01-15T12:00:00Z", "interactive"]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)
json_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=60)
@given(json_values)
def test_any_json_is_answered_by_the_contract(value):
    body = json.dumps(value).encode("utf-8", "surrogatepass")

    assert Caller().post("/v1/jobs", body).status < 500


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), json_values, max_size=4))
def test_any_wish_beside_a_good_upload_is_answered(value):
    body = json.dumps({**value, "audio": {"upload": {"bytes": 7}}}).encode("utf-8", "surrogatepass")

    assert Caller().post("/v1/jobs", body).status in (202, 400, 422)


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(["application/json", "multipart/form-data; boundary=frontier", "x"]))
def test_any_bytes_are_answered_by_the_contract(body, content_type):
    assert Caller().post("/v1/jobs", body, Content_Type=content_type).status in (400, 415, 422)


@settings(max_examples=60)
@given(st.data())
def test_any_damage_to_a_form_is_answered(data):
    body, content_type = form(WAV, {"reference": "r"})
    start = data.draw(st.integers(0, len(body)))
    damaged = body[:start] + data.draw(st.binary(max_size=8)) + body[start + data.draw(st.integers(0, 8)) :]

    assert Caller().post("/v1/jobs", damaged, Content_Type=content_type).status < 500


@settings(max_examples=60)
@given(st.text(), st.text(max_size=20), st.text(max_size=20))
def test_any_id_and_query_is_answered(job_id, name, value):
    path = f"/v1/jobs/{job_id}"
    sent = {"wait": value} if name == "" else {name: value}

    assert Caller().ask(path, sent).status in (200, 401, 404, 405)
