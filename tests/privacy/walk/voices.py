"""The voices of a process: both formats of its log, what libraries log, what it prints, what nobody caught."""

import contextlib
import io
import json
import logging
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from privacy.sinks import Sinks

from shared.observe import Observer, observer
from shared.telemetry import FactName
from shared.tracing import Tracing
from shared.tracing.exporting import line_of

OPENED_UP = ("aws_lambda_powertools", "tenacity", "asyncio")
"""Libraries that are heard at every level. botocore and httpcore tell whole requests at DEBUG: nothing of ours asks
them to, and they are heard from INFO on."""


class Pouring(io.TextIOBase):
    """A stream into a sink."""

    def __init__(self, sinks: Sinks, sink: str) -> None:
        super().__init__()
        self._sinks, self._sink = sinks, sink

    def write(self, text: str) -> int:
        self._sinks.pour(self._sink, text)
        return len(text)


@dataclass(frozen=True)
class Both:
    """An observer in both formats at once."""

    observers: tuple[Observer, ...]

    def tell(self, name: FactName, **fields: Any) -> None:
        for one in self.observers:
            one.tell(name, **fields)

    def tell_crash(self, error: BaseException, **fields: Any) -> None:
        for one in self.observers:
            one.tell_crash(error, **fields)


def voices(sinks: Sinks) -> Any:
    """An observer as production makes it, twice: its lines go into two sinks."""
    made = []
    for form in ("json", "text"):
        with contextlib.redirect_stderr(Pouring(sinks, f"logs, {form.upper() if form == 'json' else form}")):
            made.append(observer(f"privacy-{uuid.uuid4().hex}", form))
    return Both(tuple(made))


class Spilling(SpanExporter):
    """Where spans go: each is poured out whole, as the file of spans shows it and as the library knows it."""

    def __init__(self, sinks: Sinks) -> None:
        self._sinks = sinks

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._sinks.pour("traces", *(f"{json.dumps(line_of(span))} {span.to_json()}" for span in spans))
        return SpanExportResult.SUCCESS


def traces(sinks: Sinks) -> Tracing:
    """Tracing as production makes it, but that every span is exported when it ends."""
    provider = TracerProvider(ALWAYS_ON, Resource({}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(Spilling(sinks)))
    return Tracing(provider)


@contextmanager
def overheard(sinks: Sinks) -> Iterator[None]:
    """While the block lasts, what is printed and what libraries log is poured out."""
    handler = logging.StreamHandler(Pouring(sinks, "logs of libraries"))
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root, levels = logging.getLogger(), {name: logging.getLogger(name).level for name in OPENED_UP}
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in OPENED_UP:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(Pouring(sinks, "standard output")):
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def guarded(sinks: Sinks, function: Callable[[], Any]) -> Any:
    """Call a function as Lambda does: what it does not catch is printed whole, with its text."""
    try:
        return function()
    except Exception as error:  # noqa: BLE001 - whatever it is
        sinks.pour("uncaught errors", "".join(traceback.format_exception(error)))
        return None
