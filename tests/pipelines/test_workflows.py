"""The workflows, read: what may happen, in which order, under which role, and what brings an environment back."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
SCRIPTS = ROOT / ".github" / "scripts"
ENVIRONMENTS = ("dev", "staging", "prod")
ROLE = "role/callscribe-"
FLOWS: dict[str, dict[Any, Any]] = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yml")}
JOBS = [(flow, name) for flow, told in FLOWS.items() for name in told["jobs"]]
EXAMPLE = re.compile(r"AKIA[0-9A-Z]{16}|aws-(access-key-id|secret-access-key)|secrets\.[A-Z]")


def job(flow: str, name: str) -> dict[str, Any]:
    return FLOWS[flow]["jobs"][name]


def commands(flow: str, name: str) -> list[str]:
    return [step["run"] for step in job(flow, name)["steps"] if "run" in step]


def roles(flow: str, name: str) -> set[str]:
    given = [step.get("with", {}).get("role-to-assume", "") for step in job(flow, name)["steps"]]
    return {role.split(ROLE)[1] for role in given if role}


def before(flow: str, name: str) -> set[str]:
    """Every job that must have ended well before this one begins."""
    needs = job(flow, name).get("needs", [])
    direct = {needs} if isinstance(needs, str) else set(needs)
    return direct.union(*(before(flow, one) for one in direct))


def place(steps: list[str], word: str) -> int:
    return next(number for number, step in enumerate(steps) if word in step)


@pytest.mark.parametrize(("flow", "name"), JOBS)
def test_a_job_that_takes_a_role_has_a_token(flow, name):
    may = job(flow, name)["permissions"].get("id-token")

    assert (may == "write") is bool(roles(flow, name))


@pytest.mark.parametrize(("flow", "name"), [one for one in JOBS if one[1].startswith(("apply-", "plan-"))])
def test_an_environment_gives_its_own_role(flow, name):
    kind, env = name.split("-")

    expected = {"plan": (f"{env}-plan", f"planner-{env}"), "apply": (env, f"deploy-{env}")}[kind]

    assert (job(flow, name)["environment"], *roles(flow, name)) == expected


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_no_workflow_holds_a_key(path):
    assert EXAMPLE.findall(path.read_text("utf-8")) == []


def test_environments_are_taken_one_after_the_other():
    assert before("deploy", "apply-prod") == {
        "build", "plan-dev", "apply-dev", "plan-staging", "apply-staging", "plan-prod",
    }  # fmt: skip


def test_only_the_build_builds():
    building = {name for name in FLOWS["deploy"]["jobs"] for step in commands("deploy", name) if "image.sh" in step}

    assert building == {"build"}
    assert FLOWS["deploy"][True] == {"push": {"branches": ["main"], "tags": ["v*"]}}


def test_what_is_released_was_scanned_and_tried():
    steps = [step.get("run") or step["uses"] for step in job("deploy", "build")["steps"]]

    order = [
        place(steps, word) for word in ("make package", "make sbom", "image.sh worker", "trivy", "smoke", "release.py")
    ]

    assert order == sorted(order)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_deployment_verifies_applies_watches_and_proves(env):
    steps = commands("deploy", f"apply-{env}")

    order = [place(steps, word) for word in ("verify", "--plan", "watch", "--settle", "canary", "proven", "rollback")]

    assert order == sorted(order)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_deployment_applies_what_was_planned(env):
    applying = job("deploy", f"apply-{env}")

    outputs = job("deploy", f"plan-{env}")["outputs"]

    assert applying["env"]["PLAN"] == f"${{{{ needs.plan-{env}.outputs.key }}}}"
    assert applying["env"]["PLAN_SHA256"] == f"${{{{ needs.plan-{env}.outputs.sha256 }}}}"
    assert outputs["sha256"] == "${{ steps.plan.outputs.plan_sha256 }}"


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_failure_brings_the_environment_back(env):
    last = job("deploy", f"apply-{env}")["steps"][-1]

    assert last["if"] == "failure() && steps.apply.outputs.touched == 'true'"
    assert f"rollback.py {env} && .github/scripts/canary.py {env}" in last["run"]


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_an_environment_is_changed_by_one_job_at_a_time(env):
    groups = [job("deploy", f"{kind}-{env}")["concurrency"] for kind in ("plan", "apply")]

    assert groups == [{"group": env, "cancel-in-progress": False}] * 2


def test_no_plan_leaves_by_an_artifact():
    used = {step.get("uses", "").split("@")[0] for flow, name in JOBS for step in job(flow, name)["steps"]}

    assert not {name for name in used if "artifact" in name}


def test_a_fork_gets_no_role():
    condition = job("check", "plan")["if"]

    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert roles("check", "plan") == {"plan"}
    assert "pull_request_target" not in str(FLOWS)


def test_nothing_runs_in_a_cloud_that_is_not_there():
    taking = [(flow, name) for flow, name in JOBS if roles(flow, name)]

    without = [(flow, name) for flow, name in taking if "vars.AWS_ACCOUNT_ID != ''" not in _conditions(flow, name)]

    assert without == []


def _conditions(flow: str, name: str) -> str:
    names = {name, *before(flow, name)}
    return " ".join(str(job(flow, one).get("if", "")) for one in names)


def test_a_pull_request_fails_where_terraform_is_skipped():
    infra = job("check", "infra")

    assert infra["env"]["CALLSCRIBE_REQUIRE_TERRAFORM"] == "1"
    assert "make infra" in commands("check", "infra")


def test_one_version_of_terraform_is_used():
    versions = {
        step["with"]["terraform_version"]
        for flow, name in JOBS
        for step in job(flow, name)["steps"]
        if "setup-terraform" in step.get("uses", "")
    }

    assert versions == {"1.11.4"}


def test_the_night_looks_for_drift_and_drills_the_way_back():
    drill = commands("nightly", "drill")

    assert any("drift.py" in step for step in commands("nightly", "drift"))
    assert ["--to previous" in drill[0], "rollback.py staging &&" in drill[-1]] == [True, True]
    assert set(job("nightly", "long")["strategy"]["matrix"]["target"]) >= {"bench", "chaos", "infra"}


def test_each_night_job_runs_by_one_clock():
    clocks = {entry["cron"] for entry in FLOWS["nightly"][True]["schedule"]}

    named = set(re.findall(r"github\.event\.schedule != '([^']+)'", (FOLDER / "nightly.yml").read_text("utf-8")))

    assert named == clocks


def test_every_script_that_is_called_can_be():
    text = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.yml"))

    called = set(re.findall(r"\.github/scripts/([a-z]+\.(?:py|sh))", text))

    assert {name for name in called if not (SCRIPTS / name).stat().st_mode & 0o111} == set()
    assert {path.name for path in SCRIPTS.iterdir() if path.stat().st_mode & 0o111} == called


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_environment_has_its_files(env):
    folder = ROOT / "infra" / "environments"

    assert (folder / f"{env}.tfvars").exists()
    assert f'"{env}/terraform.tfstate"' in (folder / f"{env}.s3.tfbackend").read_text("utf-8")
