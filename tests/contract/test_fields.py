"""Each field that is not valid is named, with the code of the contract and how to mend it."""

import json

import pytest
from contract.caller import Caller

UPLOAD = {"upload": {"bytes": 7}}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def with_options(**options) -> dict:
    return {"audio": UPLOAD, "options": options}


CASES = [
    ({}, "/audio", "missing_field"),
    ({"audio": {}}, "/audio", "not_allowed"),
    ({"audio": {**UPLOAD, "s3_uri": "s3://sales-calls-eu/a"}}, "/audio", "not_allowed"),
    ({"audio": {"upload": {}}}, "/audio/upload/bytes", "missing_field"),
    ({"audio": {"upload": {"bytes": 0}}}, "/audio/upload/bytes", "out_of_range"),
    ({"audio": {"upload": {"bytes": 536_870_913}}}, "/audio/upload/bytes", "out_of_range"),
    ({"audio": {"upload": {"bytes": "7"}}}, "/audio/upload/bytes", "wrong_type"),
    ({"audio": {"upload": {"bytes": True}}}, "/audio/upload/bytes", "wrong_type"),
    ({"audio": {"upload": {"bytes": 7.5}}}, "/audio/upload/bytes", "wrong_type"),
    ({"audio": {"upload": {"bytes": 7, "sha256": "F" * 64}}}, "/audio/upload/sha256", "not_allowed"),
    ({"audio": {"s3_uri": "https://example.com/call.wav"}}, "/audio/s3_uri", "not_allowed"),
    ({"audio": {"s3_uri": "s3://sales-calls-eu/" + "é" * 513}}, "/audio/s3_uri", "not_allowed"),
    ({"audio": {"url": "https://example.com/call.wav"}}, "/audio/url", "unknown_field"),
    ({"audio": []}, "/audio", "wrong_type"),
    ({"audio": UPLOAD, "reference": "r" * 129}, "/reference", "too_long"),
    ({"audio": UPLOAD, "reference": 8841}, "/reference", "wrong_type"),
    ({"audio": UPLOAD, "subject_ref": "s" * 129}, "/subject_ref", "too_long"),
    ({"audio": UPLOAD, "tags": ["t"] * 11}, "/tags", "too_long"),
    ({"audio": UPLOAD, "tags": ["t" * 65]}, "/tags/0", "too_long"),
    ({"audio": UPLOAD, "tags": "t"}, "/tags", "wrong_type"),
    ({"audio": UPLOAD, "metadata": {str(n): "" for n in range(17)}}, "/metadata", "too_long"),
    ({"audio": UPLOAD, "metadata": {"a": "é" * 1_024}}, "/metadata", "too_long"),
    ({"audio": UPLOAD, "metadata": {"a/b~c": 1}}, "/metadata/a~1b~0c", "wrong_type"),
    ({"audio": UPLOAD, "lane": "express"}, "/lane", "not_allowed"),
    ({"audio": UPLOAD, "deadline_at": "2026-01-15T12:00:00"}, "/deadline_at", "wrong_type"),
    ({"audio": UPLOAD, "deadline_at": 1_768_478_400}, "/deadline_at", "wrong_type"),
    ({"audio": UPLOAD, "deadline_at": "T"}, "/deadline_at", "wrong_type"),
    ({"audio": UPLOAD, "retention": {"audio_days": 181}}, "/retention/audio_days", "out_of_range"),
    ({"audio": UPLOAD, "retention": {"transcript_days": 0}}, "/retention/transcript_days", "out_of_range"),
    (with_options(model="large-v9"), "/options/model", "not_supported"),
    (with_options(language="xx"), "/options/language", "not_supported"),
    (with_options(language_candidates=["fr", "xx"]), "/options/language_candidates/1", "not_supported"),
    (with_options(language_candidates=[]), "/options/language_candidates", "out_of_range"),
    (with_options(channels={"mode": "left"}), "/options/channels/mode", "not_allowed"),
    (with_options(channels={"roles": {"8": "agent"}}), "/options/channels/roles/8", "not_allowed"),
    (with_options(channels={"roles": {"0": "boss"}}), "/options/channels/roles/0", "not_allowed"),
    (with_options(channels={"roles": {"0": "agent", "1": "agent"}}), "/options/channels/roles", "not_allowed"),
    (with_options(word_timestamps="yes"), "/options/word_timestamps", "wrong_type"),
    (with_options(fail_on=["bad_weather"]), "/options/fail_on/0", "not_allowed"),
    (with_options(redaction={}), "/options/redaction", "unknown_field"),
    ({"audio": UPLOAD, "reference": "a\x00b"}, "/reference", "bad_string"),
    ({"audio": UPLOAD, "metadata": {"\x00": "x"}}, "/metadata", "bad_string"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), CASES, ids=[f"{p} {c}" for _, p, c in CASES])
def test_a_field_that_is_not_valid_is_named(caller, body, pointer, code):
    answer = caller.submit(body)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.fields == {pointer: code}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (with_options(langauge="fr"), "Unknown field. Did you mean 'language'?"),
        ({"audio": {"upload": {"byte": 7, "bytes": 7}}}, "Unknown field. Did you mean 'bytes'?"),
        ({"audio": UPLOAD, "lane": "fast"}, "Allowed: 'interactive' or 'batch'."),
        (with_options(language="nl"), "Not supported here. Supported: en, fr, de, it."),
        ({"audio": {"upload": {"bytes": 0}}}, "Give a value of at least 1."),
        ({"audio": UPLOAD, "tags": ["t"] * 11}, "At most 10 entries."),
    ],
)
def test_the_answer_says_how_to_mend_it(caller, body, sentence):
    assert [error["message"] for error in caller.submit(body).json["errors"]] == [sentence]


def test_every_wrong_field_is_named_at_once(caller):
    answer = caller.submit({"audio": {"upload": {"bytes": 0}}, "lane": "x", "refrence": "y"})

    assert set(answer.fields) == {"/audio/upload/bytes", "/lane", "/refrence"}
    assert answer.json["detail"] == "3 fields are not valid."


def test_a_wrong_value_is_not_repeated(caller):
    answer = caller.submit({"audio": UPLOAD, "lane": "Mme Dupont", "tags": [["+33 6 12 34 56 78"]]})

    assert "Dupont" not in answer.text
    assert "+33" not in answer.text


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null"])
def test_a_body_that_is_no_object_is_a_wrong_type(caller, body):
    assert caller.post("/v1/jobs", body).fields == {"": "wrong_type"}


def test_a_lone_surrogate_is_a_bad_string(caller):
    body = b'{"audio":{"upload":{"bytes":7}},"reference":"\\ud800"}'

    assert caller.post("/v1/jobs", body).fields == {"/reference": "bad_string"}


MALFORMED = [
    b"",
    b"{",
    b'{"audio":{"upload":{"bytes":7}},"audio":{}}',
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b'{"a":1e999}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b"[" * 33 + b"]" * 33,
    b"[" * 200_000,
    b'{"reference":"\xff"}',
    b"\xef\xbb\xbf{}",
    b'{"a":1}x',
]


@pytest.mark.parametrize("body", MALFORMED, ids=[repr(body[:20]) for body in MALFORMED])
def test_json_that_can_be_read_two_ways_is_malformed(caller, body):
    answer = caller.post("/v1/jobs", body)

    assert (answer.status, answer.code) == (400, "malformed_request")


def test_brackets_in_a_string_are_no_depth(caller):
    assert caller.submit({"audio": UPLOAD, "reference": "[" * 40 + '\\"'}).status == 202


def test_json_over_the_limit_is_too_large(caller):
    body = {"audio": UPLOAD, "reference": "r" * 262_144}

    answer = caller.submit(body)

    assert (answer.status, answer.code) == (413, "body_too_large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_415(caller, content_type):
    answer = caller.post("/v1/jobs", json.dumps({"audio": UPLOAD}).encode(), Content_Type=content_type)

    assert (answer.status, answer.code) == (415, "unsupported_media_type")


def test_a_charset_is_no_other_media_type(caller):
    assert caller.submit(Content_Type="Application/JSON; charset=utf-8").status == 202
