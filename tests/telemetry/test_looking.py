"""What an operator sees on a laptop: the way of a call, and the metrics, from the files that the stack writes."""

import io
import json

import pytest
from rich.console import Console
from telemetry.house import House, listening

from api.cli.commands.admin.measuring import metric_table, samples_in
from api.cli.commands.admin.tracing import trace_of, waterfall
from shared.observe import TextFormatter, observer

JOB_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"


def shown(table):
    out = io.StringIO()
    Console(file=out, width=200).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.fixture(scope="module")
def spans():
    """Of one call that went all the way, and its job's id."""
    house, (engine, transcriber) = House(), listening()
    house.endpoint()
    job_id = house.submitted()
    house.worker(transcriber).work(house.receipt(job_id))
    house.delivered()
    engine.stop()
    other = house.submitted()
    found = house.spans
    house.tracing.close()
    assert other != job_id
    return job_id, found


def test_a_trace_shows_the_steps_in_their_order(spans):
    found = trace_of(*spans)

    steps = [(depth, span["name"]) for depth, span in found.spans]
    assert steps == [
        (0, "submit"), (1, "enqueue"), (1, "job"), (2, "fetch"), (2, "decode"), (2, "prep"), (2, "transcribe"),
        (2, "store"), (2, "publish"), (1, "deliver"),
    ]  # fmt: skip


def test_a_trace_counts_the_batches_of_its_job(spans):
    found = trace_of(*spans)

    assert found.batches
    assert {one["name"] for one in found.batches} == {"batch"}


def test_a_waterfall_has_a_line_a_span(spans):
    lines = shown(waterfall(trace_of(*spans)))

    assert lines[0].split() == ["span", "in", "after", "took"]
    assert len(lines) == 11
    assert all("█" in line for line in lines[1:])


def test_a_job_that_nobody_knows_has_no_trace(spans):
    assert trace_of(JOB_ID, spans[1]) is None


def test_a_span_whose_parent_was_killed_stands_at_the_margin(spans):
    job_id, known = spans
    left = [span for span in known if span["name"] != "job"]

    depths = {span["name"]: depth for depth, span in trace_of(job_id, left).spans}

    assert (depths["submit"], depths["enqueue"], depths["fetch"]) == (0, 1, 0)


def test_the_lines_of_a_log_are_read_as_metrics():
    lines = [
        "12:00:01 INFO    job_ended job_id=job_1 lane=batch status=completed attempt=1 wait_s=0.5 turnaround_s=4.5",
        "12:00:02 INFO    job_ended job_id=job_2 lane=batch status=completed attempt=1 wait_s=1.5 turnaround_s=5.5",
        "12:00:03 INFO    worker_stopped code=0",
        "ready http://127.0.0.1:8080",
        "12:00:03 INFO    no_fact_of_ours lane=batch",
    ]

    table = shown(metric_table(samples_in(lines)))

    assert [line.split() for line in table[1:]] == [
        ["JobsEnded", "lane=batch", "status=completed", "2", "2", "1", "1", "1"],
        ["QueueWaitSeconds", "lane=batch", "2", "2", "1", "1.5", "1.5"],
        ["TurnaroundSeconds", "lane=batch", "2", "10", "5", "5.5", "5.5"],
        ["WorkerExits", "code=0", "1", "1", "1", "1", "1"],
    ]


def test_the_log_of_a_terminal_is_the_form_that_is_read():
    told = observer("looking", "text", "local")
    heard = io.StringIO()
    told.logger.handlers[0].setStream(heard)

    told.tell("request_served", route="read_job", status=401, elapsed_ms=20, waits="no")

    assert isinstance(told.logger.handlers[0].formatter, TextFormatter)
    assert json.dumps(sorted((one.metric, one.value) for one in samples_in(heard.getvalue().splitlines()))) == (
        '[["AuthRefusals", 1.0], ["RequestSeconds", 0.02], ["RequestsFailed", 0.0]]'
    )
