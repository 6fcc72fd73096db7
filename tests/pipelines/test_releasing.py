"""A release: built once, signed by the build alone, believed only while signature and parts hold."""

import json

from pipelines.stage import ARTIFACTS, NEW, OLD


def test_a_release_names_its_parts_by_hash(stage):
    ended = stage.build(NEW, b"zip")

    told = json.loads(stage.kept(ARTIFACTS, f"releases/{NEW}.json"))
    assert ended.returncode == 0
    assert stage.kept(ARTIFACTS, f"functions/{told['functions']['sha256']}.zip") == b"zip"
    assert told["worker_image"]["digest"] == f"sha256:{'1' * 64}"


def test_what_was_signed_is_believed(stage):
    stage.build(NEW, b"zip")

    assert stage.run("release.py", "verify", NEW).returncode == 0


def test_a_changed_release_is_refused(stage):
    stage.build(NEW, b"zip")
    told = json.loads(stage.kept(ARTIFACTS, f"releases/{NEW}.json"))
    told["worker_image"]["digest"] = f"sha256:{'9' * 64}"
    stage.keep(ARTIFACTS, f"releases/{NEW}.json", json.dumps(told).encode())

    ended = stage.run("release.py", "verify", NEW)

    assert ended.returncode == 1
    assert "KMSInvalidSignatureException" in ended.stderr


def test_another_zip_under_the_same_name_is_refused(stage):
    stage.build(NEW, b"zip")
    told = json.loads(stage.kept(ARTIFACTS, f"releases/{NEW}.json"))
    stage.keep(ARTIFACTS, f"functions/{told['functions']['sha256']}.zip", b"another")

    ended = stage.run("release.py", "verify", NEW)

    assert (ended.returncode, "not what was signed" in ended.stdout) == (1, True)


def test_an_old_release_under_a_new_name_is_refused(stage):
    stage.build(OLD, b"old")
    for ending in ("json", "sig"):
        stage.keep(ARTIFACTS, f"releases/{NEW}.{ending}", stage.kept(ARTIFACTS, f"releases/{OLD}.{ending}"))

    ended = stage.run("release.py", "verify", NEW)

    assert (ended.returncode, f"is of {OLD}" in ended.stdout) == (1, True)


def test_a_commit_that_was_never_built_is_refused(stage):
    ended = stage.run("release.py", "verify", NEW)

    assert ended.returncode == 1
    assert ended.stdout.startswith("::error::There is no release of")


def test_a_build_that_is_repeated_changes_nothing(stage):
    stage.build(NEW, b"zip")
    first = stage.kept(ARTIFACTS, f"releases/{NEW}.json")

    again = stage.build(NEW, b"zip")

    assert (again.returncode, stage.kept(ARTIFACTS, f"releases/{NEW}.json")) == (0, first)
    assert stage.run("release.py", "verify", NEW).returncode == 0


def test_a_commit_is_not_released_of_two_builds(stage):
    stage.build(NEW, b"zip")

    again = stage.build(NEW, b"another")

    assert again.returncode == 1
    assert "another functions" in again.stdout


def test_what_is_proven_remembers_what_was_before(stage):
    stage.build(OLD, b"old")
    stage.build(NEW, b"new")

    for commit in (OLD, NEW, NEW):
        stage.run("release.py", "proven", "dev", commit)

    told = json.loads(stage.kept(ARTIFACTS, "current/dev.json"))
    assert (told["commit"], told["previous"]) == (NEW, OLD)
    assert {"functions", "worker_image"} <= set(told)


def test_a_missing_variable_is_named(stage):
    del stage.environment["AWS_ACCOUNT_ID"]

    ended = stage.run("release.py", "verify", NEW)

    assert (ended.returncode, "AWS_ACCOUNT_ID" in ended.stdout) == (1, True)
