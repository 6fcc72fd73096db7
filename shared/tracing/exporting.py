"""Where spans go: nowhere, into a file on this machine, or over HTTP. Opening is all that imports the SDK."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from shared.tracing.spans import OFF, Tracing

if TYPE_CHECKING:
    import requests
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter

QUEUE: Final = 8_192
"""Spans that may wait to be sent; a further one drops the oldest, and no job waits for it."""
BATCH: Final = 512
DELAY_MS: Final = 1_000
POST_S: Final = 1.0
"""An answer of the API waits for it at most, where the reader of spans is away."""
NANOSECONDS: Final = 1e9


def open_tracing(
    kind: Literal["none", "file", "otlp"], where: str | None, service: str, session: "requests.Session | None" = None
) -> Tracing:
    """Begin to trace.

    Args:
        kind: whether, and how.
        where: the file, or the URL; without it nothing is traced.
        service: the process that makes the spans.
        session: signs what is posted; None posts it as it is.
    """
    if kind == "none" or not where:
        return OFF
    return traced(_file(where) if kind == "file" else _otlp(where, session), service)


def traced(exporter: "SpanExporter", service: str) -> Tracing:
    """Trace into `exporter`, from a thread of its own; every job, whatever a caller's flags say."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - a process that traces nothing does without
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415

    provider = TracerProvider(ALWAYS_ON, Resource({"service.name": service}), shutdown_on_exit=False)
    # All figures are given: what is left out would be read from the environment.
    provider.add_span_processor(BatchSpanProcessor(exporter, QUEUE, DELAY_MS, BATCH, POST_S * 1_000))
    return Tracing(provider)


def line_of(span: "ReadableSpan") -> dict[str, Any]:
    """A span as a line of the file: ids in hexadecimal digits, moments in epoch seconds."""
    context, parent = span.get_span_context(), span.parent
    begun, ended = (span.start_time or 0) / NANOSECONDS, (span.end_time or 0) / NANOSECONDS
    assert context is not None, "a span that has ended has a context"
    return {
        "name": span.name,
        "service": span.resource.attributes.get("service.name"),
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "parent_id": f"{parent.span_id:016x}" if parent else None,
        "at": round(begun, 6),
        "elapsed_s": round(ended - begun, 6),
        "is_ok": span.status.is_ok,
        "attributes": dict(span.attributes or {}),
        "links": [f"{link.context.trace_id:032x}" for link in span.links],
    }


def _file(where: str) -> "SpanExporter":
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult  # noqa: PLC0415 - as above

    class ToFile(SpanExporter):
        """Adds lines to a file, in one write, so that processes do not cut each other short."""

        def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
            """Write all, or say that it failed."""
            lines = "".join(json.dumps(line_of(one)) + "\n" for one in spans)
            try:
                Path(where).parent.mkdir(parents=True, exist_ok=True)
                place = os.open(where, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(place, lines.encode())
                finally:
                    os.close(place)
            except OSError:
                return SpanExportResult.FAILURE
            return SpanExportResult.SUCCESS

    return ToFile()


def _otlp(where: str, session: "requests.Session | None") -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above

    return OTLPSpanExporter(endpoint=where, timeout=POST_S, session=session)
