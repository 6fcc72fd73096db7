"""Turns facts into log lines: this file alone chooses the sink and the words."""

import logging
import sys
import traceback
from dataclasses import dataclass
from typing import Any, Literal

from aws_lambda_powertools import Logger

from shared.telemetry import FACTS, FactName, is_told


class TextFormatter(logging.Formatter):
    """One readable line a fact, for a terminal: time, level, name, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """`12:00:01 INFO job_claimed job_id=job_… fence=1`."""
        fields = " ".join(f"{name}={value}" for name, value in getattr(record, "fields", {}).items())
        return f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<7} {record.getMessage()} {fields}".rstrip()


@dataclass(frozen=True, slots=True)
class Observer:
    """Tells facts of one service."""

    logger: Any
    as_fields: bool

    def tell(self, name: FactName, **fields: Any) -> None:
        """Tell a fact; what is not on the allow-list of fields and forms is left out, for it might be personal."""
        kept = {field: value for field, value in fields.items() if is_told(field, value)}
        extra = {"fields": kept} if self.as_fields else kept
        self.logger.log(getattr(logging, FACTS[name].level.upper()), name, extra=extra)

    def tell_crash(self, error: BaseException, **fields: Any) -> None:
        """Tell of an error that nobody named: its type and where it rose, never its text, which may quote a caller."""
        frame = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
        where = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" if frame else None
        self.tell("crashed", error_type=type(error).__name__, location=where, **fields)


def observer(service: str, log_format: Literal["json", "text"]) -> Observer:
    """An observer that writes lines to standard error: JSON for CloudWatch, text for a terminal."""
    if log_format == "json":
        return Observer(Logger(service=service, level="INFO", stream=sys.stderr), as_fields=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter())
    logger = logging.getLogger(service)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [handler]
    return Observer(logger, as_fields=True)
