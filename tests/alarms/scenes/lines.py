"""What running code writes, read as CloudWatch reads it: lines of JSON, of which some carry metrics (EMF)."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from alarms.cloudwatch.samples import MINUTE_S, Samples, series_id
from alarms.scenes.days import ENV, gateway
from aws_lambda_powertools import Logger

from shared.observe import Observer


@dataclass
class Lines:
    """An observer as production has it, whose lines are kept."""

    now: Callable[[], float]
    written: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        # A logger of an earlier test is found again by its name, with the stream of then.
        logger = Logger(service=f"lines-{uuid.uuid4().hex}", level="INFO", stream=self.written)
        self.observer = Observer(logger, as_fields=False, env=ENV, now=self.now)

    def samples(self) -> Samples:
        """Every metric of every line, and the requests as the gateway in front of the function counts them."""
        samples = Samples()
        for line in map(json.loads, self.written.getvalue().splitlines()):
            for series, minute, value in (*_embedded(line), *_requests(line)):
                samples.add(series, minute, value)
        return samples


def _embedded(line: dict[str, Any]) -> Iterator[tuple[Any, int, float]]:
    told = line.get("_aws", {"CloudWatchMetrics": ()})
    for directive in told["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            for metric in directive["Metrics"]:
                series = series_id(metric["Name"], directive["Namespace"], **{name: line[name] for name in names})
                yield series, told["Timestamp"] // 1_000 // MINUTE_S, line[metric["Name"]]


def _requests(line: dict[str, Any]) -> Iterator[tuple[Any, int, float]]:
    if line["message"] == "request_served":
        minute = line["_aws"]["Timestamp"] // 1_000 // MINUTE_S
        yield gateway("public", "Count"), minute, 1.0
        yield gateway("public", "5XXError"), minute, float(line["status"] >= 500)
