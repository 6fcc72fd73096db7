"""What alarms and dashboard ask for is told by somebody, of something that is planned."""

import json
from pathlib import Path

import pytest
from alarms.cloudwatch.alarm import alarms_of, committed
from alarms.cloudwatch.expressions import Sheet
from alarms.planned.extract import digest
from alarms.planned.naming import asked, is_known, strangers

import api
from api.functions.canary import WER_LIMIT

EXTRACT = committed()
ALARMS = {alarm.short: alarm for alarm in alarms_of(EXTRACT)}
WIDGETS = EXTRACT["dashboard"]["widgets"]
ROWS = ("Goals", "Queues", "Capacity", "GPU", "What the text", "API", "Webhooks", "Stores", "Last failures", "Spend")
MOST_METRICS = 10
"""Of one alarm: a limit of CloudWatch."""
A_DAY_S = 86_400


def test_the_extract_was_made_from_these_files():
    assert EXTRACT["source"] == digest(), (
        "alarms have changed: `PYTHONPATH=tests python -m alarms` plans and writes it anew"
    )


def test_every_metric_that_is_asked_for_is_told():
    assert [series for series in asked(EXTRACT) if not is_known(series)] == []


def test_every_dimension_names_something_of_the_plan():
    assert {stranger for series in asked(EXTRACT) for stranger in strangers(series, EXTRACT)} == set()


def test_a_metric_that_nobody_tells_is_found():
    assert not is_known(("Callscribe", "JobsLost", {"env": "prod"}))
    assert not is_known(("Callscribe", "JobsSubmitted", {"env": "prod"}))
    assert strangers(("AWS/SQS", "X", {"QueueName": "callscribe-prod-gone"}), EXTRACT)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_one_that_cloudwatch_takes(name):
    alarm = ALARMS[name]

    assert len(alarm.metrics) <= MOST_METRICS
    assert {metric.period_s for metric in alarm.metrics.values()} == {alarm.period_s}
    assert alarm.period_s * alarm.periods <= A_DAY_S


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_silence_means(name):
    breaching = {"reconcile-silent", "backlog-silent"}

    assert ALARMS[name].missing == ("breaching" if name in breaching else "notBreaching")


@pytest.mark.parametrize("name", [name for name, alarm in ALARMS.items() if alarm.band is None and alarm.expressions])
def test_an_alarm_has_a_number_where_nothing_was_measured(name):
    alarm = ALARMS[name]
    series = {id_: [None] for id_ in alarm.metrics}

    for id_, expression in alarm.expressions.items():
        series[id_] = Sheet(series, [8 * 3_600.0]).evaluate(expression)

    assert series[alarm.watched] != [None]


def test_the_alarm_and_the_canary_agree_on_words():
    assert ALARMS["canary-wer"].threshold == WER_LIMIT


def test_the_dashboard_has_its_ten_rows_in_order():
    titles = [widget["properties"]["markdown"] for widget in WIDGETS if widget["type"] == "text"]

    assert len(titles) == len(ROWS)
    assert all(
        title.startswith(f"## {number} {row}") for number, (title, row) in enumerate(zip(titles, ROWS, strict=True), 1)
    )


def test_no_widget_lies_on_another():
    cells = [
        (x, y)
        for widget in WIDGETS
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_dashboard_and_the_capacity_plan_have_one_price():
    prices = json.loads((Path(api.__file__).parent / "planning" / "prices.json").read_text())
    titles = {widget["properties"].get("title"): widget for widget in WIDGETS}

    (expression, *_), *_ = titles["USD of GPU an hour, on demand"]["properties"]["metrics"]

    assert expression["expression"] == f"{prices['gpu_per_hour']['eu-central-1']['g6.xlarge']['on_demand']} * machines"


def test_questions_to_the_logs_name_planned_groups():
    groups = set(EXTRACT["names"]["aws_cloudwatch_log_group"])

    assert EXTRACT["queries"]
    assert all(set(named) <= groups for named in EXTRACT["queries"].values())


def test_the_log_widget_asks_planned_groups():
    query = next(widget["properties"]["query"] for widget in WIDGETS if widget["type"] == "log")

    asked_groups = {part.split("'")[1] for part in query.split(" | ") if part.startswith("SOURCE")}

    assert asked_groups
    assert asked_groups <= set(EXTRACT["names"]["aws_cloudwatch_log_group"])


def test_a_log_filter_makes_a_metric_of_the_list():
    made = [(one["namespace"], one["name"], one["dimensions"]) for one in EXTRACT["filters"]]

    assert made
    assert all(is_known(series) for series in made)


def test_the_dashboard_is_small_enough():
    assert len(json.dumps(EXTRACT["dashboard"])) < 200_000
