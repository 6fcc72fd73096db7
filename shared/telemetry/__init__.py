"""What a running service tells, as data: facts, the metrics they give, and the spans of a trace.

Logs, metrics, traces, alarms, tests and documents share these lists.
"""

from shared.telemetry.facts import FACTS, FIELDS, Fact, FactName, Level, is_told
from shared.telemetry.metrics import ENV, METRICS, NAMESPACE, Metric, MetricName
from shared.telemetry.sources import SOURCES, Sample, Source, samples_of
from shared.telemetry.spans import SPANS, SpanName

__all__ = [
    "ENV",
    "FACTS",
    "FIELDS",
    "METRICS",
    "NAMESPACE",
    "SOURCES",
    "SPANS",
    "Fact",
    "FactName",
    "Level",
    "Metric",
    "MetricName",
    "Sample",
    "Source",
    "SpanName",
    "is_told",
    "samples_of",
]
