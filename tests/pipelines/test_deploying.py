"""A deployment: the plan that was reviewed and no other, a tenth of the calls first, proof by a call, and the way back."""

import json
import shutil

import pytest
from pipelines.stage import ARTIFACTS, NEW, OLD, STATE, Stage, given

ALIAS = {"address": 'aws_lambda_alias.live["api"]', "change": {"actions": ["update"]}}
TABLE = {"address": "aws_dynamodb_table.jobs", "change": {"actions": ["delete", "create"]}}
QUIET, RINGING = ({"CompositeAlarms": [{"StateValue": state}]} for state in ("OK", "ALARM"))
BOUNDS = {"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 4}]}
SANG = {"verdicts": [{"kind": "deploy", "outcome": "passed", "wer": 0.04, "elapsed_s": 41.0}]}
WAITS = {"verdicts": [{"kind": "deploy", "outcome": "waiting"}]}


def service(running: int, state: str = "IN_PROGRESS") -> dict:
    newest = {"status": "PRIMARY", "runningCount": running, "rolloutState": state, "rolloutStateReason": "tasks failed"}
    old = {"status": "ACTIVE", "runningCount": 1}
    return {"services": [{"serviceName": "s", "runningCount": running + 1, "deployments": [old, newest]}]}


def drift(kind: str, **after: int) -> dict:
    before = dict.fromkeys(after, 0)
    return {"address": f"{kind}.one", "type": kind, "change": {"before": before, "after": after}}


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Buckets that hold two releases, the old one proven in prod."""
    stage = Stage(tmp_path_factory.mktemp("released"))
    stage.build(OLD, b"old", worker="1")
    stage.build(NEW, b"new", worker="2")
    stage.run("release.py", "proven", "prod", OLD)
    return stage.folder / "stub" / "s3"


@pytest.fixture
def proven(stage, released):
    """An environment that runs OLD, and a NEW that was built."""
    shutil.copytree(released, stage.folder / "stub" / "s3")
    stage.answers("aws.describe-images", {"imageDetails": []})
    stage.answers("terraform.plan", {"code": 2})
    stage.answers("aws.list-functions", {"Functions": [{"FunctionName": "callscribe-prod-api"}, {"FunctionName": "x"}]})
    stage.answers("aws.get-alias", {"FunctionVersion": "7"})
    return stage


@pytest.fixture
def awake(stage):
    """An environment whose newest deployment has a task."""
    stage.answers("aws.describe-scalable-targets", BOUNDS)
    stage.answers("aws.describe-services", service(1))
    return stage


def test_new_functions_get_a_tenth_of_the_calls(proven):
    ended = proven.run("plan.py", "prod", "--save", NEW)

    (words,) = proven.calls("terraform", "plan")
    functions = given(words, "functions")
    assert (ended.returncode, proven.outputs["staged"]) == (0, "true")
    assert (functions["new_share"], functions["stable_versions"]) == (0.1, {"api": "7"})


def test_a_plan_is_kept_for_the_deploy_role_alone(proven):
    proven.run("plan.py", "prod", "--save", NEW)

    key = proven.outputs["plan_key"]
    assert key == f"plans/prod/{NEW}-7-1.tfplan"
    assert proven.kept(STATE, key)


def test_the_first_deployment_has_nobody_to_share_with(proven):
    proven.run("plan.py", "dev", "--save", NEW)

    (words,) = proven.calls("terraform", "plan")
    assert (proven.outputs["staged"], set(given(words, "functions"))) == ("false", {"bucket", "sha256"})


def test_a_release_that_is_not_signed_is_not_planned(proven):
    proven.keep(ARTIFACTS, f"releases/{NEW}.sig", b"forged")

    ended = proven.run("plan.py", "prod", "--save", NEW)

    assert ended.returncode == 1
    assert proven.calls("terraform", "plan") == []


def test_the_reviewed_plan_is_applied(proven):
    proven.run("plan.py", "prod", "--save", NEW)

    ended = proven.run(
        "apply.py", "prod", "--plan", proven.outputs["plan_key"], "--sha256", proven.outputs["plan_sha256"]
    )

    assert (ended.returncode, proven.outputs["touched"]) == (0, "true")
    assert len(proven.calls("terraform", "apply")) == 1


def test_another_plan_is_not_applied(proven):
    proven.run("plan.py", "prod", "--save", NEW)
    proven.keep(STATE, proven.outputs["plan_key"], b"another plan")

    ended = proven.run(
        "apply.py", "prod", "--plan", proven.outputs["plan_key"], "--sha256", proven.outputs["plan_sha256"]
    )

    assert (ended.returncode, "not the plan that was reviewed" in ended.stdout) == (1, True)
    assert proven.calls("terraform", "apply") == []


@pytest.mark.parametrize(("says", "touched"), [("Error: Saved plan is stale", None), ("Error: denied", "true")])
def test_only_what_was_touched_is_rolled_back(proven, says, touched):
    proven.run("plan.py", "prod", "--save", NEW)
    proven.answers("terraform.apply", {"code": 1, "says": says})

    ended = proven.run(
        "apply.py", "prod", "--plan", proven.outputs["plan_key"], "--sha256", proven.outputs["plan_sha256"]
    )

    assert (ended.returncode, proven.outputs.get("touched")) == (1, touched)


def test_settling_moves_aliases(proven):
    proven.answers("terraform.show", {"resource_changes": [ALIAS]})

    ended = proven.run("apply.py", "prod", "--settle", NEW)

    (words,) = proven.calls("terraform", "plan")
    assert (ended.returncode, len(proven.calls("terraform", "apply"))) == (0, 1)
    assert "new_share" not in given(words, "functions")


def test_settling_does_nothing_that_nobody_reviewed(proven):
    proven.answers("terraform.show", {"resource_changes": [ALIAS, TABLE]})

    ended = proven.run("apply.py", "prod", "--settle", NEW)

    assert (ended.returncode, "aws_dynamodb_table.jobs" in ended.stdout) == (1, True)
    assert proven.calls("terraform", "apply") == []


def test_a_pull_request_plans_without_lock_and_look(proven):
    ended = proven.run("plan.py", "prod", "--comment", str(proven.folder / "plan.md"))

    (words,) = proven.calls("terraform", "plan")
    assert ended.returncode == 0
    assert {"-refresh=false", "-lock=false"} <= set(words)
    assert (proven.folder / "plan.md").read_text().startswith("**prod**: nothing changes")


def test_a_silent_alarm_lets_the_rollout_go_on(stage):
    stage.answers("aws.describe-alarms", QUIET)

    assert stage.run("watch.py", "prod", "--seconds", "3", "--every", "0").returncode == 0


def test_a_ringing_alarm_stops_the_rollout(stage):
    stage.answers("aws.describe-alarms", QUIET, QUIET, RINGING)

    ended = stage.run("watch.py", "prod", "--seconds", "3", "--every", "0")

    assert (ended.returncode, "the roll-out stops" in ended.stdout) == (1, True)


def test_an_alarm_from_before_lets_a_mend_through(stage):
    stage.answers("aws.describe-alarms", RINGING)

    assert stage.run("watch.py", "prod", "--seconds", "3", "--every", "0").returncode == 0


def test_without_its_alarm_nothing_is_rolled_out(stage):
    stage.answers("aws.describe-alarms", {"CompositeAlarms": []})

    assert stage.run("watch.py", "prod", "--seconds", "3", "--every", "0").returncode == 1


def test_a_worker_is_woken_and_let_go_again(awake):
    awake.answers("aws.song", SANG)

    ended = awake.run("canary.py", "prod", "7-1", "--every", "0")

    bounds = [call[call.index("--min-capacity") + 1] for call in awake.calls("register-scalable-target")]
    assert (ended.returncode, bounds) == (0, ["1", "0"])


def test_the_canary_is_run_until_it_has_a_verdict(awake):
    awake.answers("aws.song", WAITS, WAITS, SANG)

    ended = awake.run("canary.py", "prod", "7-1", "--every", "0")

    assert (ended.returncode, len(awake.calls("invoke"))) == (0, 3)


def test_a_failed_canary_fails_the_deployment(awake):
    awake.answers("aws.song", {"verdicts": [{"outcome": "failed", "code": "canary_inaccurate", "wer": 0.6}]})

    ended = awake.run("canary.py", "prod", "7-1", "--every", "0")

    assert (ended.returncode, "canary_inaccurate" in ended.stdout) == (1, True)


def test_a_worker_is_let_go_after_a_failure_too(awake):
    awake.answers("aws.describe-services", service(0), service(0, "FAILED"))

    ended = awake.run("canary.py", "prod", "7-1", "--every", "0")

    assert (ended.returncode, "rolled s back: tasks failed" in ended.stdout) == (1, True)
    assert awake.calls("register-scalable-target")[-1][-3:] == ["0", "--max-capacity", "4"]


def test_a_broken_canary_is_no_verdict(awake):
    awake.answers("aws.song", {"errorType": "BadConfiguration", "errorMessage": "no key"})
    awake.answers("aws.invoke", {"StatusCode": 200, "FunctionError": "Unhandled"})

    ended = awake.run("canary.py", "prod", "7-1", "--every", "0")

    assert (ended.returncode, "BadConfiguration: no key" in ended.stdout) == (1, True)


@pytest.mark.parametrize(("words", "commit", "worker"), [((), NEW, "2"), (("--to", "previous"), OLD, "1")])
def test_back_is_the_digest_pair_that_was_proven(proven, words, commit, worker):
    proven.run("release.py", "proven", "prod", NEW)

    ended = proven.run("rollback.py", "prod", *words)

    (planned,) = proven.calls("terraform", "plan")
    assert (ended.returncode, proven.outputs["commit"]) == (0, commit)
    assert given(planned, "worker_image")["digest"] == f"sha256:{worker * 64}"
    assert len(proven.calls("terraform", "apply")) == 1


def test_there_is_no_way_back_before_the_first_proof(proven):
    ended = proven.run("rollback.py", "dev")

    assert (ended.returncode, "Mend it forward" in ended.stdout) == (1, True)
    assert proven.calls("terraform", "apply") == []


def test_drift_opens_one_issue(proven):
    proven.answers("gh.issue.list", "[]")
    proven.answers("terraform.show", {"resource_drift": [drift("aws_sqs_queue", visibility_timeout_seconds=5)]})

    ended = proven.run("drift.py", "prod")

    (words,) = proven.calls("terraform", "plan")
    assert (ended.returncode, len(proven.calls("gh", "create"))) == (0, 1)
    assert {"-refresh-only", "-lock=false", "-detailed-exitcode"} <= set(words)


def test_drift_that_is_known_opens_no_second_issue(proven):
    proven.answers("gh.issue.list", json.dumps([{"number": 3, "title": "prod is not as Terraform left it"}]))
    proven.answers("terraform.show", {"resource_drift": [drift("aws_sqs_queue", visibility_timeout_seconds=5)]})

    proven.run("drift.py", "prod")

    assert proven.calls("gh", "create", "close") == []


def test_what_scaling_moves_is_no_drift(proven):
    proven.answers("gh.issue.list", "[]")
    proven.answers("terraform.show", {"resource_drift": [drift("aws_appautoscaling_target", min_capacity=1)]})

    ended = proven.run("drift.py", "prod")

    assert (ended.stdout, proven.calls("gh", "create")) == ("prod: as it should be\n", [])


def test_drift_that_is_gone_closes_its_issue(proven):
    proven.answers("gh.issue.list", json.dumps([{"number": 3, "title": "prod is not as Terraform left it"}]))

    proven.run("drift.py", "prod")

    assert [call[:4] for call in proven.calls("gh", "close")] == [["gh", "issue", "close", "3"]]


def test_a_newer_machine_image_is_proposed(stage):
    path = stage.folder / "infra" / "environments" / "prod.tfvars"
    path.write_text('env = "prod"\ngpu_ami_id = "ami-00000000000000000"\n', "utf-8")
    images = [{"ImageId": f"ami-{day}", "CreationDate": f"2026-01-0{day}"} for day in (1, 3, 2)]
    stage.answers("aws.describe-images", {"Images": images})

    ended = stage.run("ami.py")

    assert (ended.returncode, 'gpu_ami_id = "ami-3"' in path.read_text("utf-8")) == (0, True)
    assert [call[:3] for call in stage.calls("gh", "pr")] == [["gh", "pr", "create"]]


def test_a_machine_image_that_is_named_already_is_no_news(stage):
    (stage.folder / "infra" / "environments" / "prod.tfvars").write_text('gpu_ami_id = "ami-3"\n', "utf-8")
    stage.answers("aws.describe-images", {"Images": [{"ImageId": "ami-3", "CreationDate": "2026-01-03"}]})

    stage.run("ami.py")

    assert stage.calls("gh", "pr") == []
