"""Spans of a trace: opened under a parent that is handed over as a W3C `traceparent`, or within the one at work here.

Where tracing is off, or nobody has opened a span in this thread, everything here does nothing. Attributes pass the same
list as the fields of a fact: ids of ours, counts, sizes; never what a caller said.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Link, SpanContext, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.errors.root import CallscribeError
from shared.telemetry import SpanName, is_told

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

FLUSH_MS: Final = 2_000
HEADER: Final = "traceparent"
_W3C: Final = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Tracing:
    """Makes the spans of a process; without a provider it makes none."""

    provider: "TracerProvider | None" = None

    @contextmanager
    def under(self, parent: str | None) -> Iterator[None]:
        """Let the spans of this block belong to `parent`; a text that is no traceparent counts as none."""
        if self.provider is None:
            yield
            return
        place, context = _HERE.set(self), attach(_W3C.extract({HEADER: parent or ""}, Context()))
        try:
            yield
        finally:
            detach(context)
            _HERE.reset(place)

    @contextmanager
    def span(self, name: SpanName, parent: str | None, **attributes: Any) -> Iterator[None]:
        """Open a span under `parent`; whatever is opened within, in this thread, belongs to it."""
        with self.under(parent), span(name, **attributes):
            yield

    def flush(self) -> None:
        """Send what has ended: after this a function stands still, and its threads with it."""
        if self.provider is not None:
            self.provider.force_flush(FLUSH_MS)

    def close(self) -> None:
        """Send what has ended, for the last time."""
        if self.provider is not None:
            self.provider.shutdown()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a trace a thread is, to be named by another."""

    tracing: Tracing
    context: SpanContext


OFF: Final = Tracing()
_HERE: ContextVar[Tracing] = ContextVar("tracing", default=OFF)


@contextmanager
def span(name: SpanName, **attributes: Any) -> Iterator[None]:
    """Open a span within the one at work in this thread; nothing where none is."""
    provider = _HERE.get().provider
    if provider is None:
        yield
        return
    tracer = provider.get_tracer("callscribe")
    with (
        tracer.start_as_current_span(
            name, attributes=_kept(attributes), record_exception=False, set_status_on_exception=False
        ) as opened,
        _marking(opened),
    ):
        yield


@contextmanager
def batch(spots: Iterable[Spot | None], **attributes: Any) -> Iterator[None]:
    """Open a span that belongs to no job and links to several, 128 at most: one batch of the engine."""
    known = {spot.context.span_id: spot for spot in spots if spot is not None}
    if not known:
        yield
        return
    links = [Link(spot.context) for spot in known.values()]
    provider = next(iter(known.values())).tracing.provider
    assert provider is not None, "a spot is in a trace"
    told = _kept({**attributes, "links": len(known)})
    with (
        provider.get_tracer("callscribe").start_as_current_span(
            "batch", Context(), attributes=told, links=links, record_exception=False, set_status_on_exception=False
        ) as opened,
        _marking(opened),
    ):
        yield


def note(**attributes: Any) -> None:
    """Say more of the span at work here."""
    trace.get_current_span().set_attributes(_kept(attributes))


def traceparent() -> str | None:
    """The span at work here, as others are told of it; None where none is."""
    carrier: dict[str, str] = {}
    if _HERE.get().provider is not None:
        _W3C.inject(carrier)
    return carrier.get(HEADER)


def here() -> Spot | None:
    """Where this thread is; None where no span is at work."""
    tracing, context = _HERE.get(), trace.get_current_span().get_span_context()
    return Spot(tracing, context) if tracing.provider is not None and context.is_valid else None


@contextmanager
def _marking(opened: trace.Span) -> Iterator[None]:
    """Mark a span whose block raises: by the code or the kind of the error, never by its text."""
    try:
        yield
    except BaseException as error:
        code = error.code if isinstance(error, CallscribeError) else None
        opened.set_attributes(_kept({"code": code, "error_type": type(error).__name__}))
        opened.set_status(StatusCode.ERROR)
        raise


def _kept(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if is_told(name, value)}
