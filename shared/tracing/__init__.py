"""Traces: where the seconds of a call went, in every process that touched it. Off until a composition root opens it."""

from shared.tracing.exporting import open_tracing
from shared.tracing.spans import OFF, Spot, Tracing, batch, here, note, span, traceparent

__all__ = ["OFF", "Spot", "Tracing", "batch", "here", "note", "open_tracing", "span", "traceparent"]
