"""Both images by their Dockerfiles: pinned, small, nobody in particular, nothing of the tree that they do not need."""

import re
import subprocess

import pytest
from images.dockerfile import environment, is_ignored, read, rules_of
from lambdas.layout import ROOT, locked

NAMES = ("worker", "api")
BASE = re.compile(r"python:3\.12-slim-bookworm@sha256:[0-9a-f]{64}")
FETCHED = re.compile(r"\b(curl|wget|git clone|apt-get|ADD)\b|https?://(?!127\.0\.0\.1)")
HADOLINT = ROOT / ".venv-supply" / "bin" / "hadolint"
LOCKS = ("worker", "worker-gpu", "api-local")
ONLY_SHIPPED = {"nvidia-cublas-cu12", "nvidia-cuda-nvrtc-cu12", "nvidia-ml-py"}
"""What only a machine with a card gets."""
ORDER = ("packages", "model", "wheel")


@pytest.fixture(params=NAMES)
def image(request):
    return ROOT / "docker" / f"{request.param}.Dockerfile"


@pytest.fixture
def instructions(image):
    return read(image)


def only(instructions, word, stage="final"):
    (one,) = [one for one in instructions if one.word == word and one.stage == stage]
    return one


def final(instructions, word):
    return [one for one in instructions if one.word == word and one.stage == "final"]


def test_every_foreign_base_is_pinned_by_digest(instructions):
    bases = [one.value.partition(" AS ")[0] for one in instructions if one.word == "FROM"]
    stages = {one.stage for one in instructions} | {"scratch"}

    assert [base for base in bases if base not in stages and not BASE.fullmatch(base)] == []


def test_both_images_stand_on_the_same_base():
    assert len({only(read(ROOT / "docker" / f"{name}.Dockerfile"), "FROM", "base").value for name in NAMES}) == 1


def test_an_image_runs_as_a_number_without_rights(instructions):
    assert [one.value for one in instructions if one.word == "USER"] == ["10001:10001"]
    assert instructions.index(only(instructions, "USER")) > max(map(instructions.index, final(instructions, "RUN")))


def test_signals_reach_the_process_itself(instructions):
    assert only(instructions, "ENTRYPOINT").is_exec
    assert only(instructions, "HEALTHCHECK").is_exec


def test_nothing_is_fetched_but_what_a_lock_lists(instructions):
    assert [one.value for one in instructions if FETCHED.search(f"{one.word} {one.value}")] == [
        one.value
        for one in final(instructions, "HEALTHCHECK")
        if "127.0.0.1" in one.value and FETCHED.search(one.value)
    ]


def test_packages_come_by_hash_and_as_wheels(instructions):
    installs = [one.value for one in instructions if one.word == "RUN" and " install " in one.value]
    foreign = [text for text in installs if "--no-index" not in text]

    assert foreign
    assert [text for text in foreign if "--require-hashes" not in text or "--only-binary=:all:" not in text] == []
    assert [text for text in installs if "--no-index" in text and "--no-deps" not in text] == []


def test_every_lock_that_is_named_is_there(instructions):
    chosen = {
        value
        for one in instructions
        if one.word == "ARG"
        for name, _, value in [one.value.partition("=")]
        if name == "LOCK"
    }
    texts = [one.value for one in instructions if one.word == "RUN"]
    named = {name for text in texts for name in re.findall(r"/lock/([\w-]+)\.txt", text)} | chosen

    assert [name for name in named if not (ROOT / "docker" / "lock" / f"{name}.txt").is_file()] == []


def test_what_is_copied_is_there_and_not_ignored(image, instructions):
    rules = rules_of(image.with_name(f"{image.name}.dockerignore"))
    mounted = [
        flag for one in instructions for flag in re.findall(r"type=bind,source=([^, ]+)", one.flags.get("mount", ""))
    ]
    copied = [path for one in instructions if one.word == "COPY" and "from" not in one.flags for path in one.paths[:-1]]

    assert mounted
    assert [path for path in mounted + copied if not (ROOT / path).exists() or is_ignored(path, rules)] == []


@pytest.mark.parametrize("name", [".git/config", ".venv/bin/python", ".local/env", "tests/fakes.py", "infra/api.tf"])
def test_what_no_image_needs_never_reaches_the_build(image, name):
    assert is_ignored(name, rules_of(image.with_name(f"{image.name}.dockerignore")))


def test_packages_of_the_project_reach_the_build_without_bytecode(image):
    rules = rules_of(image.with_name(f"{image.name}.dockerignore"))

    assert not is_ignored("worker/models/callscribe-small/model.bin", rules)
    assert is_ignored("worker/__pycache__/handle.cpython-312.pyc", rules)
    assert is_ignored("worker/models/training/net.py", rules)


def test_what_changes_least_lies_lowest():
    instructions = read(ROOT / "docker" / "worker.Dockerfile")
    stages = [only(instructions, "FROM").value, only(instructions, "COPY").flags["from"]]
    stages += [name for one in final(instructions, "RUN") for name in re.findall("from=(wheel)", one.flags["mount"])]

    assert tuple(stages) == ORDER


def test_the_worker_finds_its_model_and_asks_no_hub():
    instructions = read(ROOT / "docker" / "worker.Dockerfile")
    held = environment(instructions)

    assert held["CALLSCRIBE_MODEL"] == "/models/callscribe-small"
    assert held["HF_HUB_OFFLINE"] == held["PYTHONSAFEPATH"] == "1"
    assert only(instructions, "COPY").paths[-1] == "/models/${MODEL}/"


def test_the_model_is_checked_while_the_image_is_built():
    checks = [one for one in final(read(ROOT / "docker" / "worker.Dockerfile"), "RUN") if "check_model.py" in one.value]

    assert [one.value for one in checks] == ['python /check_model.py "${CALLSCRIBE_MODEL}" "${MODEL_SHA256}"']


@pytest.mark.parametrize("lock", [*LOCKS, "api"])
def test_an_image_gets_the_versions_that_are_tested_here(lock):
    folder = ROOT / "docker" / "lock"
    tested = locked(folder / "dev.txt", "3.11.0")
    shipped = locked(folder / f"{lock}.txt", "3.12.0")

    assert {name for name in shipped.keys() - ONLY_SHIPPED if tested.get(name) != shipped[name]} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_of_an_image_brings_torch(lock):
    text = (ROOT / "docker" / "lock" / f"{lock}.txt").read_text("utf-8")

    assert re.findall(r"^(torch|nvidia-cudnn)\b.*", text, re.MULTILINE) == []


def test_hadolint_finds_nothing(tmp_path):
    if not HADOLINT.is_file():
        pytest.skip("no hadolint: `make supply` sets up .venv-supply")
    planted = tmp_path / "Dockerfile"
    planted.write_text("FROM python:latest\nENTRYPOINT callscribe-worker\n")
    files = [ROOT / "docker" / f"{name}.Dockerfile" for name in NAMES]

    seen = subprocess.run([HADOLINT, "--no-color", planted, *files], capture_output=True, text=True, check=False)

    assert "DL3007" in seen.stdout
    assert [line for line in seen.stdout.splitlines() if not line.startswith(str(planted))] == []
