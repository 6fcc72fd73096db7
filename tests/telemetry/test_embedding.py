"""A fact that gives metrics is one line: for a reader of the log, and for CloudWatch in its embedded metric format."""

import contextlib
import io
import json
import math
import uuid
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shared.observe import observer
from shared.telemetry import FACTS, METRICS, SOURCES, samples_of

SCHEMA = Draft202012Validator(json.loads((Path(__file__).parent / "emf.schema.json").read_text()))
DIMENSIONS = {"lane": "batch", "status": "failed", "fault": "ours", "outcome": "dead", "reason": "loop", "code": 70,
              "waits": "no", "phase": "weights"}  # fmt: skip


@pytest.fixture
def lines():
    """Tell facts to an observer as a process makes it; what it wrote."""

    def tell(*facts, form="json"):
        heard = io.StringIO()
        with contextlib.redirect_stderr(heard):
            told = observer(f"emf-{uuid.uuid4().hex}", form, "staging")
            for name, fields in facts:
                told.tell(name, **fields)
        return heard.getvalue().splitlines()

    return tell


def whole(name):
    """Every field that the fact gives a metric by, with a value."""
    values = {source.field: 401 if source.among else 2 for source in SOURCES[name] if source.field}
    return name, {**DIMENSIONS, "job_id": "job_1", "tenant": "sales", **values}


@pytest.mark.parametrize("name", SOURCES)
def test_a_line_is_what_cloudwatch_reads(lines, name):
    (line,) = (json.loads(line) for line in lines(whole(name)))

    assert list(SCHEMA.iter_errors(line)) == []
    assert line["message"] == name


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_directive_names_stands_on_the_line(lines, name):
    (line,) = (json.loads(line) for line in lines(whole(name)))

    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert all(isinstance(line[key], str) for own in directive["Dimensions"] for key in own)
        assert all(math.isfinite(line[metric["Name"]]) for metric in directive["Metrics"])


@pytest.mark.parametrize("name", SOURCES)
def test_a_metric_has_its_unit_and_dimensions(lines, name):
    (line,) = (json.loads(line) for line in lines(whole(name)))

    told = {
        metric["Name"]: (metric["Unit"], directive["Dimensions"])
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert told == {
        one.metric: (METRICS[one.metric].unit, [["env", *METRICS[one.metric].dimensions]])
        for one in samples_of(*whole(name))
    }


def test_the_environment_is_a_dimension(lines):
    (line,) = (json.loads(line) for line in lines(("lease_lost", {"fence": 2})))

    assert (line["env"], line["LeasesLost"], line["_aws"]["CloudWatchMetrics"][0]["Namespace"]) == (
        "staging", 1, "Callscribe",
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(FACTS) - set(SOURCES)))
def test_a_fact_without_metrics_is_a_plain_line(lines, name):
    told = [json.loads(line) for line in lines((name, DIMENSIONS))]

    assert all("_aws" not in line and "env" not in line for line in told)


def test_a_metric_without_its_dimension_is_left_out(lines):
    (line,) = (json.loads(line) for line in lines(("job_ended", {"wait_s": 1.0, "status": "canceled"})))

    assert "_aws" not in line


def test_no_number_is_no_metric(lines):
    (line,) = (json.loads(line) for line in lines(("canary_ran", {"outcome": "failed", "wer": math.nan})))

    assert [one["Name"] for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]] == ["CanaryFailures"]


def test_a_terminal_sees_no_metrics(lines):
    (line,) = lines(("job_ended", {"lane": "batch", "status": "completed", "wait_s": 1.0}), form="text")

    assert line.endswith("INFO    job_ended lane=batch status=completed wait_s=1.0")
