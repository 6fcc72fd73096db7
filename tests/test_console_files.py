"""The page at /console as it is served: its files and no others, under a policy that a browser enforces."""

import base64
import dataclasses
import hashlib
import tomllib
from pathlib import Path
from urllib.parse import urljoin

import pytest
from contract.caller import Caller, event
from lambdas.layout import package

from api.app import respond
from api.local.events import Call, reply_of
from api.routes.page import FOLDER, WAVE_STYLE, file_at, policy
from shared.errors.requests import NotFound

ROOT = Path(__file__).parents[1]
FILES = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
BESIDE = sorted(set(FILES) - {"index.html"})
OURS = {name: path for name, path in FILES.items() if not name.startswith(("vendor/", "calls/"))}
DOCUMENT = FILES["index.html"].read_text("utf-8")
CALL = Call("req-1", "GET", "/console", "", (("accept-encoding", "gzip"),), b"")


@pytest.fixture
def caller(world):
    return Caller(world)


@pytest.fixture
def directives(caller):
    said = caller.get("/console", Authorization="").headers["Content-Security-Policy"]
    return {name: sources.split() for name, _, sources in (one.partition(" ") for one in said.split("; "))}


def got(caller, name, **headers):
    """The gateway's answer for the file `name`."""
    return respond(event("GET", f"/console/{name}".rstrip("/"), b"", headers), None, caller.parts())


def test_the_page_needs_no_key(caller):
    answer = caller.get("/console", Authorization="")

    assert (answer.status, answer.text) == (200, DOCUMENT)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", BESIDE)
def test_a_file_answers_with_its_type_and_hash(caller, name):
    answer, body = got(caller, name), FILES[name].read_bytes()

    sent = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()
    assert sent == body
    assert answer["multiValueHeaders"]["ETag"] == [f'"{hashlib.sha256(body).hexdigest()}"']
    assert answer["multiValueHeaders"]["Content-Type"][0].startswith(("text/", "application/json", "image/", "audio/"))


@pytest.mark.parametrize(
    "path",
    [
        "..", "../app.py", "../routes/page.py", "core/..", "core/../app.js", "core/../../app.py", "./app.js",
        "%2e%2e/app.py", "..%2fapp.py", "core%2fhtml.js", "/app.js", "/etc/passwd", "core//html.js", "core\\html.js",
        "app.js/", "core", "core/", "core/html", "core/html.js/x", "APP.JS", "app.js\0", "\0", "app.js\0.css",
        "\uff41pp.js", "\u2025/app.py", "core\u2215html.js", "index.html", ".DS_Store", "x" * 5_000,
    ],
)  # fmt: skip
def test_any_other_path_is_unknown(caller, path):
    assert caller.ask(f"/console/{path}", {}).status == 404


def test_a_slash_behind_the_page_leads_to_it(caller):
    answer = caller.get("/console/", Authorization="")

    assert answer.status == 308
    assert urljoin("https://a.example/live/console/", answer.headers["Location"]) == "https://a.example/live/console"


@pytest.mark.parametrize("verb", ["HEAD", "POST"])
def test_another_method_is_answered_as_at_any_route(caller, verb):
    answers = [caller.send(verb, url, b"", {}) for url in ("/console", "/console/app.js", "/docs")]

    assert {(answer.status, answer.headers["Allow"]) for answer in answers} == {(405, "GET")}


@pytest.mark.parametrize("name", ["", "app.js", "calls/appointment-en.mp3"])
def test_what_the_caller_has_is_not_sent_again(caller, name):
    first = got(caller, name)
    tag = first["multiValueHeaders"]["ETag"][0]

    again, changed = got(caller, name, **{"If-None-Match": f"W/{tag}"}), got(caller, name, **{"If-None-Match": '"0"'})

    assert (again["statusCode"], again["body"], again["multiValueHeaders"]["ETag"]) == (304, "", [tag])
    assert (changed["statusCode"], changed["body"]) == (200, first["body"])


def test_every_file_is_asked_for_anew_and_kept_from_others(caller):
    headers = [{key: one[0] for key, one in got(caller, name)["multiValueHeaders"].items()} for name in ("", *BESIDE)]

    assert {one["Cache-Control"] for one in headers} == {"no-cache"}
    assert {one["X-Content-Type-Options"] for one in headers} == {"nosniff"}
    assert {one["Referrer-Policy"] for one in headers} == {"no-referrer"}
    assert {one["Content-Security-Policy"] for one in headers[1:]} == {"default-src 'none'; frame-ancestors 'none'"}


@pytest.mark.parametrize("name", ["index.html", *(name for name in OURS if FILES[name].stat().st_size >= 1_024)])
def test_a_long_text_goes_compressed(caller, name):
    reply = reply_of(got(caller, name.removeprefix("index.html")), CALL)

    assert len(reply.body) < FILES[name].stat().st_size or name == "index.html"
    assert (("content-encoding", "gzip") in reply.headers) == (FILES[name].stat().st_size >= 1_024)


def test_the_policy_names_the_page_and_the_buckets_alone(directives):
    sources = {source for found in directives.values() for source in found}

    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == ["'self'"]
    assert sources == {
        "'none'", "'self'", f"'{WAVE_STYLE}'", "'script'", "default", "memory://calls", "memory://sales-calls-eu",
    }  # fmt: skip


def test_calls_go_to_our_bucket_and_play_from_all(directives):
    assert directives["connect-src"] == ["'self'", "memory://calls"]
    assert directives["media-src"] == ["memory://calls", "memory://sales-calls-eu"]


def test_a_bucket_is_named_as_its_signed_places_are(caller):
    parts = caller.parts()
    signed = type("Signed", (), {"presign_get": lambda _, place, __: f"https://{place.bucket}.s3.example:8/a?b=c"})

    said = policy(dataclasses.replace(parts, store=signed()))

    assert "connect-src 'self' https://calls.s3.example:8;" in said


def test_recordings_are_offered_where_bytes_come_through(caller):
    parts = caller.parts()
    cloud = dataclasses.replace(parts, settings=parts.settings.model_copy(update={"env": "prod"}))

    assert file_at("calls/appointment-en.mp3", parts).media_type == "audio/mpeg"
    for name in ("calls/appointment-en.mp3", "calls/appointment-en.json"):
        with pytest.raises(NotFound):
            file_at(name, cloud)


def test_the_wheel_and_the_zip_hold_the_page():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["api"]
    shipped = {path for pattern in data for path in (ROOT / "api").glob(pattern)}
    packed = {ROOT / name for name in package.ours(ROOT)}

    assert set(FILES.values()) <= shipped
    assert {path for name, path in FILES.items() if not name.startswith("calls/")} <= packed
