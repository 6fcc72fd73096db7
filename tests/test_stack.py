"""`callscribe up` as a person starts it: real processes, one address, one end."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
import wave
from pathlib import Path

import httpx
import pytest

from api.cli.commands.stack import LOCAL_QUEUE
from api.cli.processes import Ended, Family, Line
from shared.emulator.making import EVENTS

SCRIPT = Path(sys.executable).parent / "callscribe"
START_S, STOP_S = 90.0, 60.0
CALL = Path(__file__).parents[1] / "api" / "console" / "calls" / "renewal-en.wav"


@pytest.fixture
def started(tmp_path, monkeypatch):
    """A running `callscribe up` in a folder of its own: its family, what it has said, and its port."""
    family = Family(tmp_path / "log")
    quick = {"CALLSCRIBE_LEASE_S": "3", "CALLSCRIBE_HEARTBEAT_S": "1"}
    environment = {"PATH": "/usr/bin:/bin", "CALLSCRIBE_PORT": "0", "HOME": str(tmp_path), **quick}
    monkeypatch.chdir(tmp_path)
    family.start("up", [str(SCRIPT), "up"], environment)
    lines = [fact.text for fact in until(family, "ready http", START_S)]
    yield family, tmp_path, lines
    family.stop(["up"], STOP_S)
    family.close()


def until(family, beginning, within_s):
    """The lines of `up` up to the first with that beginning; fails if it ends before or takes longer."""
    lines = []
    for fact in family.facts_until(time.monotonic() + within_s):
        lines.append(fact)
        if isinstance(fact, Ended) or fact.text.startswith(beginning):
            break
    assert isinstance(lines[-1], Line), lines
    assert lines[-1].text.startswith(beginning), lines
    return lines


def end_of(family, within_s=STOP_S):
    """Exit code and last line of `up`."""
    facts = list(iter_until_end(family, within_s))
    assert isinstance(facts[-1], Ended), facts
    return facts[-1].code, facts[-2].text if len(facts) > 1 else ""


def iter_until_end(family, within_s):
    for fact in family.facts_until(time.monotonic() + within_s):
        yield fact
        if isinstance(fact, Ended):
            return


def silence(folder):
    """A recording in which nobody speaks: the whole way, without any time in the engine."""
    path = folder / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(2 * 8_000))
    return path


def settings_in(folder):
    return dict(line.split("=", 1) for line in (folder / ".local" / "env").read_text("utf-8").splitlines())


def processes():
    """Pid, parent and command line of every process that is no zombie."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if state != "Z":
                found.append((int(folder.name), int(parent), command))
    return found


def children_of(pid):
    """Pids of all processes that descend from `pid`, with their command lines."""
    rows = processes()
    found = {child: command for child, parent, command in rows if parent == pid}
    # Four generations are more than there are; pids need not rise from parent to child.
    for _ in range(4):
        found |= {child: command for child, parent, command in rows if parent in found}
    return found


def pid_of(children, name):
    return next(pid for pid, command in sorted(children.items()) if f"/{name}" in command)


def left_of(children, within_s=5.0):
    """Command lines of those that are still there when the time is over; returns as soon as none is."""
    deadline = time.monotonic() + within_s
    left = list(children)
    while left and time.monotonic() < deadline:
        alive = {pid for pid, _, _ in processes()}
        left = [pid for pid in left if pid in alive]
    return [children[pid] for pid in left]


def test_the_listener_asks_for_the_queue_of_the_list():
    assert LOCAL_QUEUE == EVENTS


def test_up_serves_until_it_is_told_to_stop(started):
    family, folder, lines = started
    up = family.pids()["up"]
    settings = settings_in(folder)
    children = children_of(up)

    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {settings['CALLSCRIBE_API_KEY']}"}) as http:
        answer = http.get(f"{settings['CALLSCRIBE_URL']}/v1/jobs/job_00000000000000000000000000")

    sent = subprocess.run(
        [str(SCRIPT), "submit", str(silence(folder)), "--wait", "--json"],
        env=settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert json.loads(sent.stdout)["status"] == "completed", sent.stderr
    assert "no_speech" in json.loads(sent.stdout)["warnings"]
    assert lines[-1] == f"ready {settings['CALLSCRIBE_URL']}"
    assert stat.S_IMODE((folder / ".local" / "env").stat().st_mode) == 0o600
    assert answer.json()["code"] == "not_found"

    os.kill(up, signal.SIGTERM)

    assert end_of(family)[0] == 0
    assert len(children) >= 5
    assert left_of(children) == []


def test_the_end_of_one_process_ends_all_and_names_it(started):
    family, _, _ = started
    children = children_of(family.pids()["up"])
    os.kill(pid_of(children, "callscribe-emulator"), signal.SIGKILL)
    code, last = end_of(family)

    assert code == 1
    assert last.startswith("emulator ended with exit code -9")
    assert left_of(children) == []


def test_a_call_outlives_the_worker_that_was_killed_over_it(started):
    family, folder, _ = started
    settings = settings_in(folder)
    worker = pid_of(children_of(family.pids()["up"]), "callscribe-worker")

    with httpx.Client(
        base_url=settings["CALLSCRIBE_URL"],
        trust_env=False,
        timeout=30,
        headers={"Authorization": f"Bearer {settings['CALLSCRIBE_API_KEY']}"},
    ) as http:
        with CALL.open("rb") as audio:
            link = http.post("/v1/jobs", files={"audio": audio}).json()["links"]["self"]
        waited_for(http, link, lambda job: job["stage"] == "transcribing")
        os.kill(worker, signal.SIGKILL)
        job = waited_for(http, link, lambda job: job["status"] == "completed")
        transcript = http.get(job["links"]["transcript"]).json()

    until(family, "listen", 10)
    events = [json.loads(line) for line in (folder / ".local" / "events.jsonl").read_text().splitlines()]
    assert (job["attempt"], transcript["processing"]["attempt"]) == (2, 2)
    assert {event["id"] for event in events} == {events[0]["id"]}
    assert events[0]["data"]["job_id"] == job["id"]


def waited_for(http, link, condition, within_s=60.0):
    """The job as soon as `condition` holds for it."""
    deadline = time.monotonic() + within_s
    job = http.get(link).json()
    while not condition(job):
        assert time.monotonic() < deadline, job
        assert job["status"] in ("queued", "processing"), job
        job = http.get(link).json()
    return job


def test_without_its_environment_the_emulator_says_how_to_build_it(tmp_path):
    ended = subprocess.run(
        [str(SCRIPT.with_name("callscribe-emulator"))],
        env={"CALLSCRIBE_EMULATOR_PYTHON": str(tmp_path / "python")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 78
    assert "make up" in ended.stderr
    assert ended.stderr.count("\n") == 1
