"""Spans that are posted: OTLP over HTTP, signed where AWS is the reader, and never waited for long."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.aws.traces import connect_tracing, signed_session
from shared.settings import Settings
from shared.tracing import OFF, open_tracing

NAMED = {
    "bucket": "b", "table": "t", "topic_arn": "arn", "queue_interactive_url": "https://q/i", "queue_batch_url": "https://q/b",
}  # fmt: skip
XRAY = "https://xray.eu-central-1.amazonaws.com/v1/traces"


class Collector(ThreadingHTTPServer):
    """A collector on loopback: keeps what is posted, answers `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Posted)
        self.bodies, self.headers, self.status = [], [], 200
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class Posted(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.headers.append(dict(self.headers))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    with Collector() as server:
        yield server
        server.shutdown()


@pytest.fixture
def aws():
    return boto3.session.Session("AKIDEXAMPLE", "secret", "token", region_name="eu-central-1")


def test_spans_are_posted_as_otlp(collector):
    tracing = open_tracing("otlp", collector.url, "worker")

    with tracing.span("job", None, lane="batch"):
        pass
    tracing.flush()

    posted = ExportTraceServiceRequest.FromString(collector.bodies[0])
    tracing.close()
    (span,) = posted.resource_spans[0].scope_spans[0].spans
    assert (span.name, span.attributes[0].value.string_value) == ("job", "batch")
    assert "Authorization" not in collector.headers[0]


def test_a_collector_that_refuses_fails_nothing(collector):
    collector.status = 400
    tracing = open_tracing("otlp", collector.url, "worker")

    with tracing.span("job", None):
        pass
    tracing.close()

    assert len(collector.bodies) == 1


def test_what_aws_reads_is_signed(collector, aws):
    tracing = open_tracing("otlp", collector.url, "worker", signed_session(aws))

    with tracing.span("job", None):
        pass
    tracing.close()

    signed = collector.headers[0]
    assert "/eu-central-1/xray/aws4_request, SignedHeaders=content-type;host;" in signed["Authorization"]
    assert signed["X-Amz-Security-Token"] == "token"


def test_a_signature_covers_the_body(aws):
    bodies = (b"one", b"two")

    made = [requests.Request("POST", XRAY, data=body, auth=signed_session(aws).auth).prepare() for body in bodies]

    first, second = (one.headers["Authorization"].rsplit("Signature=")[1] for one in made)
    assert first != second


@pytest.mark.parametrize("changed", [{}, {"traces": "file"}, {"traces": "otlp"}])
def test_without_a_place_nothing_is_traced(changed):
    assert connect_tracing(Settings(**NAMED, **changed), "worker") is OFF


@pytest.mark.parametrize(
    ("url", "is_signed"),
    [(XRAY, True), ("http://127.0.0.1:4318/v1/traces", False), ("https://amazonaws.com.example.org/v1/traces", False)],
)
def test_only_aws_gets_a_signature(url, is_signed):
    tracing = connect_tracing(Settings(**NAMED, traces="otlp", traces_endpoint=url), "worker")

    exporter = tracing.provider._active_span_processor._span_processors[0].span_exporter
    auth = exporter._client._transport._session.auth
    tracing.close()

    assert (auth is not None) == is_signed
