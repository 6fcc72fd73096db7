"""A call that has ended is drawn and played, as long as its recording is kept."""

import contextlib
from types import SimpleNamespace

import numpy as np
import pytest
from bench import Bench
from contract.caller import NOW, Caller
from fakes import BUCKET
from heard import DERIVATIVE, NOTHING_PLAYS, ORIGINAL, PEAKS, ListenedScribe

from api.contract.listening import PeaksView
from shared.errors.jobs import UnsupportedCodec
from shared.job import DAY_S, Audio, Job
from shared.protocol.controlling import cancel
from shared.protocol.drive import drive
from shared.protocol.erasing import expire
from shared.protocol.working import reject
from worker.listening.peaks import peaks_document

SOURCE, NAME = "sales-calls-eu", "call.wav"
both = pytest.mark.parametrize("what", ["audio", "peaks"])


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def heard(bench: Bench, listening=DERIVATIVE, **fields) -> Job:
    """A job that was heard, with what is kept of it to listen to; None: nothing, as before that was kept."""
    job = bench.jobs.queued(**fields)
    Bench(bench.world, bench.jobs, ListenedScribe(listening=listening)).work(job)
    return bench.jobs.row(job)


def referred(bench: Bench) -> Job:
    """A job of a recording in somebody else's bucket, which plays as it is."""
    return heard(bench, ORIGINAL, audio=Audio(source="s3", bucket=SOURCE, key=NAME))


def ask(caller: Caller, job: Job, what: str = "audio"):
    return caller.get(f"/v1/jobs/{job.id}/{what}")


def test_peaks_come_as_they_were_stored(caller, bench):
    answer = ask(caller, heard(bench), "peaks")

    assert (answer.status, answer.text) == (200, PEAKS.decode())
    assert PeaksView.model_validate_json(answer.text).channels[0].peaks == (0, 255)


def test_peaks_of_a_worker_are_the_promised_ones():
    legs = [SimpleNamespace(index=0, role="agent", samples=np.array([0, -32_768] * 400, np.int16))]
    sound = SimpleNamespace(job_id="job_1", recording=SimpleNamespace(duration_s=0.05), legs=legs)
    pace = SimpleNamespace(step=lambda _: contextlib.nullcontext())

    shown = PeaksView.model_validate_json(peaks_document(sound, pace), strict=True)

    assert (shown.interval_s, shown.channels[0].peaks) == (0.05, (255,))


def test_a_recording_that_plays_is_signed_itself(caller, bench):
    job = heard(bench, ORIGINAL)

    shown = ask(caller, job).json

    assert shown["url"] == f"memory://{BUCKET}/audio/sales/{job.id}?expires=3600&as=audio/wav"
    assert (shown["media_type"], shown["is_original"], shown["duration"]) == ("audio/wav", True, 14.0)


def test_the_recording_is_played_in_its_pinned_version(caller, bench):
    job = heard(bench, ORIGINAL)
    bench.world.row("sales", job.id)["audio"]["version_id"] = "v7"

    assert ask(caller, job).json["url"].endswith("&version=v7")


def test_another_recording_is_played_by_its_derivative(caller, bench):
    job = heard(bench, DERIVATIVE)

    shown = ask(caller, job).json

    assert shown["url"] == f"memory://{BUCKET}/listening/sales/{job.id}/r1.webm?expires=3600&as=audio/webm"
    assert (shown["media_type"], shown["is_original"]) == ("audio/webm", False)


def test_a_place_to_play_from_holds_for_an_hour(caller, bench):
    shown = ask(caller, heard(bench)).json

    assert (NOW, shown["expires_at"]) == (1_768_471_202.114, "2026-01-15T11:00:02.114Z")


@both
def test_a_job_leads_to_what_is_heard(caller, bench, what):
    links = caller.get(f"/v1/jobs/{heard(bench).id}").json["links"]

    assert caller.get(links[what]).status == 200


@both
def test_before_the_end_nothing_is_ready(caller, bench, what):
    answer = ask(caller, bench.jobs.queued(), what)

    assert (answer.status, answer.code) == (409, "not_ready")
    assert answer.headers["Retry-After"] == "1"


@both
@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_call_that_was_not_heard_has_no_recording(caller, bench, end, what):
    job = bench.jobs.queued()
    drive(
        cancel(job, NOW) if end == "canceled" else reject(bench.jobs.again(job, NOW), UnsupportedCodec(), NOW),
        bench.world,
    )

    answer = ask(caller, job, what)

    assert (answer.status, answer.code) == (409, "no_recording")
    assert end in answer.json["detail"]


@both
def test_a_call_of_before_has_no_recording(caller, bench, what):
    answer = ask(caller, heard(bench, None), what)

    assert (answer.status, answer.code) == (409, "no_recording")


def test_a_call_that_cannot_be_played_is_drawn(caller, bench):
    job = heard(bench, NOTHING_PLAYS)

    assert ask(caller, job).code == "no_recording"
    assert ask(caller, job, "peaks").status == 200


@both
def test_after_its_retention_nothing_is_heard(caller, bench, what):
    job = heard(bench, ORIGINAL)
    drive(expire(job, NOW + 31 * DAY_S), bench.world)

    answer = ask(caller, job, what)

    assert (answer.status, answer.code) == (410, "audio_expired")


@both
def test_a_referred_call_is_heard_as_long(caller, bench, what):
    job = referred(bench)
    drive(expire(job, NOW + 31 * DAY_S), bench.world)

    assert ask(caller, job, what).code == "audio_expired"


@both
def test_an_erased_call_is_not_heard(caller, bench, what):
    job = heard(bench, ORIGINAL)
    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    answer = ask(caller, job, what)

    assert (answer.status, answer.code) == (410, "erased")


def test_a_referred_call_is_played_where_it_lies(caller, bench):
    assert ask(caller, referred(bench)).json["url"] == f"memory://{SOURCE}/{NAME}?expires=3600&as=audio/wav"


def test_a_bucket_that_refuses_us_is_named(caller, bench):
    job = referred(bench)
    bench.world.store.denied_buckets.add(SOURCE)

    answer = ask(caller, job)

    assert (answer.status, answer.code, answer.json["retryable"]) == (422, "audio_access_denied", True)


@pytest.mark.parametrize("then", [None, b"another call"])
def test_what_its_owner_took_away_is_not_played(caller, bench, then):
    job = referred(bench)
    del bench.world.store.objects[SOURCE, NAME]
    if then:
        bench.world.store.put(SOURCE, NAME, then)

    answer = ask(caller, job)

    assert (answer.status, answer.code) == (409, "no_recording")


def test_a_revision_is_played_as_long_as_the_first(caller, bench):
    first = heard(bench, ORIGINAL)
    again = heard(bench, ORIGINAL, audio=first.audio, revision_of=first.id, revision=2)
    del bench.world.store.objects[first.audio.bucket, first.audio.key]

    answer = ask(caller, again)

    assert (answer.status, answer.code) == (410, "audio_expired")


@both
def test_no_parameter_is_taken(caller, bench, what):
    assert ask(caller, heard(bench), f"{what}?format=mp3").fields == {"/query/format": "unknown_field"}
