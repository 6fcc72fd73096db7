"""The worker as its image runs it: walls of the kernel, the locked packages alone, and a known call to hear."""

import json

import pytest
from images import container
from images.dockerfile import environment, read
from lambdas.layout import ROOT

DOCKER = ROOT / "docker"
MODEL = f"{container.HOME}/{container.LIBRARIES}/worker/models/callscribe-small"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The folder of an image's environment, and what its Dockerfile puts into the environment."""
    if reason := container.why_not():
        pytest.skip(reason)
    held = environment(read(DOCKER / "worker.Dockerfile"))
    folder = container.furnish(tmp_path_factory.mktemp("image") / "callscribe", DOCKER / "lock" / "worker.txt")
    return folder, {**held, "PATH": f"{container.HOME}/bin:/usr/bin:/bin", "CALLSCRIBE_MODEL": MODEL}


def test_a_known_call_is_heard_behind_the_walls(image):
    ended = container.run(*image[:1], ["python", "-"], image[1], (DOCKER / "smoke.py").read_bytes())

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["faults"] == []


def test_the_entrypoint_runs_and_says_what_it_lacks(image):
    (entrypoint,) = [one for one in read(DOCKER / "worker.Dockerfile") if one.word == "ENTRYPOINT"]

    ended = container.run(image[0], entrypoint.words, image[1])

    assert ended.returncode == 78
    assert b"CALLSCRIBE_BUCKET: Field required" in ended.stderr


def test_nothing_but_tmp_can_be_written_to(image):
    tried = "for place in / /etc /opt /opt/callscribe/bin /tmp; do touch $place/x 2>/dev/null && echo $place; done"

    ended = container.run(image[0], ["sh", "-c", tried], image[1])

    assert ended.stdout == b"/tmp\n"


@pytest.mark.parametrize(("age", "code"), [("now", 0), ("3 minutes ago", 1), (None, 1)])
def test_health_is_the_age_of_the_sign_of_life(image, age, code):
    (health,) = [one for one in read(DOCKER / "worker.Dockerfile") if one.word == "HEALTHCHECK"]
    before = f'touch -d "{age}" /tmp/callscribe-alive; ' if age else ""

    ended = container.run(image[0], ["sh", "-c", f"{before}{health.words[2]}"], image[1])

    assert ended.returncode == code
