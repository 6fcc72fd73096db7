"""The recording that ships: fresh, without anything of the machine that made it, and true to the code it serves."""

import importlib
import json
import re

import pytest
from infra.record import TREE, current_hash, sources

from api.contract.problems import Problem
from shared.emulator.making import recorded
from shared.emulator.recording import ENDPOINT
from shared.emulator.server import SERVICES
from shared.job import INDEXES
from shared.settings import PREFIX, Settings

HEADER = recorded().header
FUNCTIONS, WORKERS = (HEADER["outputs"][f"{who}_environment"] for who in ("function", "worker"))
REQUEST_ID = "$context.requestId"


def settings_of(environment):
    """The settings that a process with this environment would have."""
    return Settings(**{name.removeprefix(PREFIX).lower(): value for name, value in environment.items()})


def test_the_recording_is_of_this_infrastructure():
    assert HEADER["hash"] == current_hash(), "infra changed: run `make cassette`"


def test_the_hash_knows_every_file_of_the_root_module():
    known = {path.relative_to(TREE).as_posix() for path in sources()}

    assert {"infra/storage.tf", "infra/modules/lane/main.tf", "infra/environments/local.tfvars"} <= known
    assert {"shared/emulator/shims/sqs.py", "infra/dashboard.json.tftpl"} <= known


def test_the_recording_names_no_machine():
    text = json.dumps(HEADER) + "".join(call.path + call.body + call.answer for call in recorded().calls)

    assert re.findall(r"127\.0\.0\.1|localhost|callscribe-cassette|/(?:root|home)/", text) == []
    assert ENDPOINT in text


def test_the_recording_keeps_no_secret():
    secrets = [call.body for call in recorded().calls if call.action in ("CreateSecret", "PutSecretValue")]

    assert [json.loads(body).get("SecretString", "local-only") for body in secrets] == ["local-only"] * len(secrets)
    assert secrets


def test_a_recording_has_every_service_that_is_replayed():
    assert set(SERVICES) - {"sts"} <= {call.service for call in recorded().calls}


@pytest.mark.parametrize("environment", [FUNCTIONS, *WORKERS.values()], ids=["functions", *WORKERS])
def test_an_environment_is_one_that_settings_take(environment):
    assert settings_of(environment).table == "callscribe-local-jobs"


def test_a_worker_serves_the_lane_it_is_named_for():
    assert {lane: settings_of(environment).lanes for lane, environment in WORKERS.items()} == {
        "interactive": ("interactive",),
        "batch": ("batch",),
    }


@pytest.mark.parametrize("name", HEADER["functions"])
def test_the_handler_of_a_function_exists(name):
    module, _, attribute = HEADER["functions"][name]["handler"].rpartition(".")

    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", HEADER["gateway_responses"])
def test_a_refusal_of_the_gateway_is_a_problem_of_the_contract(name):
    refusal = HEADER["gateway_responses"][name]
    [template] = refusal["response_templates"].values()

    problem = Problem.model_validate_json(template.replace(REQUEST_ID, "req_1"))

    assert (str(problem.status), problem.request_id) == (refusal["status_code"], "req_1")


def test_the_table_has_the_indexes_of_the_code():
    [call] = [call for call in recorded().calls if call.action == "CreateTable"]
    made = {
        index["IndexName"]: (
            *(key["AttributeName"] for key in index["KeySchema"]),
            tuple(sorted(index["Projection"].get("NonKeyAttributes", ()))),
        )
        for index in json.loads(call.body)["GlobalSecondaryIndexes"]
    }

    assert made == {
        index.name: (index.hash_field, index.range_field, tuple(sorted(index.carried))) for index in INDEXES
    }
