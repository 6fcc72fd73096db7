"""One job, one trace: from the caller's request over every claim to the last delivery, and never a word of a caller."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from telemetry.house import House, listening

from shared.errors.jobs import DecodeFailed
from shared.job import Claim, Job
from shared.protocol.attending import take
from shared.protocol.drive import drive
from shared.telemetry import SPANS
from shared.tracing import OFF, batch, here, note, open_tracing, span, traceparent
from shared.tracing.exporting import traced

KILLED = """
import os, signal, sys
from shared.tracing import open_tracing, span
tracing = open_tracing("file", sys.argv[1], "worker")
with tracing.span("job", sys.argv[2], attempt=1):
    with span("fetch"):
        pass
    tracing.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
THEIRS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.fixture
def house():
    made = House()
    yield made
    made.tracing.close()


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    tracing = traced(exporter, "test")
    yield tracing, exporter.get_finished_spans
    tracing.close()


def test_one_job_is_one_trace(house):
    house.endpoint()
    job_id = house.submitted()
    engine, transcriber = listening()

    house.worker(transcriber).work(house.receipt(job_id))
    house.delivered()

    engine.stop()
    own = [one for one in house.spans if one["name"] != "batch"]
    assert {one["name"] for one in own} == set(SPANS) - {"batch"}
    assert {one["trace_id"] for one in own} == {house.row(job_id)["traceparent"].split("-")[1]}


def test_every_batch_of_the_engine_links_to_its_job(house):
    job_id = house.submitted()
    engine, transcriber = listening()

    house.worker(transcriber).work(house.receipt(job_id))

    engine.stop()
    trace_id = house.row(job_id)["traceparent"].split("-")[1]
    batches = [one for one in house.spans if one["name"] == "batch"]
    assert batches
    assert all(one["links"] == [trace_id] and one["trace_id"] != trace_id for one in batches)


def test_a_claim_after_a_lost_one_goes_on_in_its_trace(house):
    job_id = house.submitted()
    receipt = house.receipt(job_id)
    lost = drive(take(receipt, house.claimant), house.worker())
    house.clock[0] += 100

    house.worker().work(house.receipt(job_id, count=2))

    claims = [one for one in house.spans if one["name"] == "job"]
    assert isinstance(lost, Claim)
    assert [one["attributes"]["attempt"] for one in claims] == [2]
    assert {one["trace_id"] for one in house.spans} == {house.row(job_id)["traceparent"].split("-")[1]}


def test_a_killed_process_leaves_its_trace_to_the_next(tmp_path):
    place = tmp_path / "spans.jsonl"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(place), THEIRS], check=False)
    tracing = open_tracing("file", str(place), "worker")

    with tracing.span("job", THEIRS, attempt=2):
        pass
    tracing.close()

    first, second = (json.loads(line) for line in place.read_text().splitlines())
    assert (killed.returncode, first["name"], second["name"]) == (-signal.SIGKILL, "fetch", "job")
    assert first["trace_id"] == second["trace_id"] == THEIRS[3:35]


def test_a_doorbell_rung_again_goes_on_in_its_trace(house):
    job_id = house.submitted()
    house.worker(Failing()).work(house.receipt(job_id))

    house.caller.post(f"/v1/jobs/{job_id}/retry")

    rings = [one for one in house.spans if one["name"] == "enqueue"]
    assert len(rings) == 2
    assert {one["trace_id"] for one in rings} == {house.row(job_id)["traceparent"].split("-")[1]}


def test_the_trace_of_a_caller_is_gone_on_with(house):
    job_id = house.submitted(traceparent=THEIRS)

    first = house.spans[0]

    assert (first["name"], first["trace_id"], first["parent_id"]) == ("submit", THEIRS[3:35], THEIRS[36:52])
    assert house.row(job_id)["traceparent"].startswith(THEIRS[:36])


@pytest.mark.parametrize(
    "header", ["Anna Meier", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", THEIRS[:-4], "ff" + THEIRS[2:]]
)
def test_a_header_that_is_no_trace_is_passed_over(house, header):
    job_id = house.submitted(traceparent=header)

    assert house.spans[0]["parent_id"] is None
    assert header not in json.dumps([house.row(job_id), house.spans])


def test_a_job_without_a_trace_has_one_by_its_id(jobs):
    job = jobs.queued()
    other = Job.model_validate({**job.model_dump(), "id": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"})

    assert job.traceparent is None
    assert job.trace == jobs.row(job).trace
    assert job.trace[3:35] != other.trace[3:35]


def test_what_a_caller_says_is_no_attribute(spans):
    tracing, ended = spans

    with tracing.span("submit", None, reference="crm-1", job_id="Anna Meier"):
        note(lane="batch", text="Hello.")
    tracing.flush()

    assert dict(ended()[0].attributes) == {"lane": "batch"}


def test_an_error_leaves_its_code_and_no_text(spans):
    tracing, ended = spans

    with pytest.raises(DecodeFailed), tracing.span("job", None), span("decode"):
        raise DecodeFailed("Anna's call is broken.")
    tracing.flush()

    assert [dict(one.attributes) for one in ended()] == [{"code": "decode_failed", "error_type": "DecodeFailed"}] * 2
    assert [(one.events, one.status.description, one.status.is_ok) for one in ended()] == [((), None, False)] * 2


def test_a_batch_links_to_at_most_128_jobs(spans):
    tracing, ended = spans
    spots = []
    for _ in range(200):
        with tracing.span("job", None):
            spots += [here(), here(), None]

    with batch(spots, rows=600):
        pass
    tracing.flush()

    last = ended()[-1]
    assert (len(last.links), last.attributes["links"], last.parent) == (128, 200, None)


def test_where_nothing_is_traced_nothing_is_done():
    with OFF.span("job", THEIRS), span("fetch"), batch([here()]):
        known = (traceparent(), here())

    assert known == (None, None)


def test_an_exporter_that_hangs_holds_up_no_job():
    hanging, tries = Hanging(), 10_000
    tracing = traced(hanging, "test")

    for _ in range(tries):
        with tracing.span("job", None):
            pass
    hanging.free.set()
    tracing.close()

    assert 0 < hanging.seen < tries


def test_an_exporter_that_fails_fails_nothing(caplog):
    tracing = traced(Broken(), "test")

    with tracing.span("job", None):
        pass
    tracing.flush()
    tracing.close()

    assert "Exception while exporting" in caplog.text


def test_a_file_takes_one_line_a_span(tmp_path):
    place = tmp_path / "made" / "spans.jsonl"
    tracing = open_tracing("file", str(place), "worker")

    with tracing.span("job", THEIRS, lane="batch"), span("fetch"):
        pass
    tracing.close()

    fetch, job = (json.loads(line) for line in place.read_text().splitlines())
    assert (fetch["parent_id"], job["parent_id"], job["service"]) == (job["span_id"], THEIRS[36:52], "worker")
    assert Counter(one["trace_id"] for one in (fetch, job)) == {THEIRS[3:35]: 2}


def test_a_file_that_cannot_be_written_fails_nothing(tmp_path):
    tracing = open_tracing("file", str(tmp_path), "worker")

    with tracing.span("job", None):
        pass
    tracing.close()

    assert list(tmp_path.iterdir()) == []


class Failing:
    """A transcriber that finds every call broken."""

    def transcribe(self, audio, order, progress):
        raise DecodeFailed


class Hanging(SpanExporter):
    """Takes nothing before it is freed."""

    def __init__(self):
        self.free, self.seen = threading.Event(), 0

    def export(self, spans):
        self.free.wait()
        self.seen += len(spans)
        return SpanExportResult.SUCCESS


class Broken(SpanExporter):
    """Raises what nobody has named."""

    def export(self, spans):
        raise ZeroDivisionError
