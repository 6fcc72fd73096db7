"""Turns facts into log lines: this file alone chooses the sink and the words.

A fact that gives metrics carries them on its own line, in CloudWatch's embedded metric format. The block is made by
hand: powertools' provider keeps what it collects between calls, knows one set of dimensions a line, and looks at the
clock and the environment by itself; a line of ours has metrics under several sets, and is told by any thread.
"""

import logging
import math
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aws_lambda_powertools import Logger

from shared.telemetry import ENV, FACTS, METRICS, NAMESPACE, FactName, Sample, is_told, samples_of


class TextFormatter(logging.Formatter):
    """One readable line a fact, for a terminal: time, level, name, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """`12:00:01 INFO job_claimed job_id=job_… fence=1`."""
        fields = " ".join(f"{name}={value}" for name, value in getattr(record, "fields", {}).items())
        return f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<7} {record.getMessage()} {fields}".rstrip()


@dataclass(frozen=True, slots=True)
class Observer:
    """Tells facts of one service.

    Attributes:
        logger: where lines go.
        as_fields: whether its formatter wants the fields in one piece, and no metrics: a terminal's does.
        env: the environment, a dimension of every metric.
        now: epoch seconds, the moment of a metric.
    """

    logger: Any
    as_fields: bool
    env: str = "local"
    now: Callable[[], float] = time.time  # noqa: TID251 - a line's moment, as the logger itself takes it

    def tell(self, name: FactName, **fields: Any) -> None:
        """Tell a fact; what is not on the allow-list of fields and forms is left out, for it might be personal."""
        kept = {field: value for field, value in fields.items() if is_told(field, value)}
        extra = {"fields": kept} if self.as_fields else {**kept, **self._measured(name, kept)}
        self.logger.log(getattr(logging, FACTS[name].level.upper()), name, extra=extra)

    def tell_crash(self, error: BaseException, **fields: Any) -> None:
        """Tell of an error that nobody named: its type and where it rose, never its text, which may quote a caller."""
        frame = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
        where = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" if frame else None
        self.tell("crashed", error_type=type(error).__name__, location=where, **fields)

    def _measured(self, name: FactName, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The metrics of a fact as members of its line; nothing where it gives none."""
        samples = [sample for sample in samples_of(name, fields) if math.isfinite(sample.value)]
        return embedded(samples, self.env, self.now()) if samples else {}


def embedded(samples: list[Sample], env: str, now: float) -> dict[str, Any]:
    """`samples` in the embedded metric format: one directive a set of dimensions, values and dimensions as members."""
    directives: dict[tuple[str, ...], dict[str, Any]] = {}
    members: dict[str, Any] = {ENV: env}
    for sample in samples:
        names = (ENV, *sample.dimensions)
        made = {"Namespace": NAMESPACE, "Dimensions": [list(names)], "Metrics": []}
        directive = directives.setdefault(names, made)
        directive["Metrics"].append({"Name": sample.metric, "Unit": METRICS[sample.metric].unit})
        members |= {**sample.dimensions, sample.metric: sample.value}
    return {"_aws": {"Timestamp": round(now * 1_000), "CloudWatchMetrics": list(directives.values())}, **members}


def observer(service: str, log_format: Literal["json", "text"], env: str = "local") -> Observer:
    """An observer that writes lines to standard error: JSON for CloudWatch, text for a terminal."""
    if log_format == "json":
        return Observer(Logger(service=service, level="INFO", stream=sys.stderr), as_fields=False, env=env)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter())
    logger = logging.getLogger(service)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [handler]
    return Observer(logger, as_fields=True)
