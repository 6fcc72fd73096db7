"""The house keeps its shape: one chart of states, loops in their rooms, few doors for a job to pass."""

import ast
import re
from pathlib import Path

import pytest
from hops import follow
from jobs import NOW, receipt_of

from shared.job import MOVES, Audio, Job, Status, audio_key
from shared.protocol.drive import drive
from shared.protocol.submitting import queue, submit

ROOT = Path(__file__).parents[1]
FAKES = ["MemoryWorld", "MemoryStore"]
PACKAGES = ("api", "worker", "shared")
ENDLESS = {
    "api/cli/listen.py",
    "api/cli/processes.py",
    "api/local/triggers.py",
    "worker/__main__.py",
    "worker/intake.py",
    "worker/lease.py",
    "worker/speech/engine/door.py",
}
BOUNDED = {  # by the end of a file, of a job, or by a deadline
    "api/cli/demo/play.py",
    "api/client/following.py",
    "shared/emulator/server.py",
    "shared/protocol/drive.py",
    "worker/audio/child/adts.py",
    "worker/audio/child/sink.py",
    "worker/audio/parent.py",
    "worker/audio/pcm.py",
    "worker/audio/riff.py",
    "worker/audio/sources.py",
    "worker/speech/engine/listening.py",
    "worker/speech/engine/ready.py",
    "worker/speech/engine/schedule.py",
}


def sources():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "models" not in path.parts:
                yield path


def test_the_chart_of_states_shows_every_move_and_no_other():
    chart = (ROOT / "ARCHITECTURE.md").read_text().split("```mermaid")[1].split("```")[0]
    drawn = set(re.findall(r"^\s*(\[\*\]|\w+) --> (\w+): ", chart, flags=re.MULTILINE))

    moves = {("[*]" if origin is None else origin.value, to.value) for origin, ends in MOVES.items() for to in ends}

    assert drawn == moves


def test_every_status_has_moves():
    assert set(MOVES) == {None, *Status}


def test_loops_stand_in_their_own_rooms():
    looping = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(isinstance(node, ast.While) for node in ast.walk(ast.parse(path.read_text())))
    }

    assert looping == ENDLESS | BOUNDED, "a new `while`: give it a file of its own and name it here"


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_a_screen_or_two(path):
    assert len(path.read_text().splitlines()) <= 200


def new_job() -> Job:
    job_id = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
    audio = Audio(source="upload", bucket="calls", key=audio_key("sales", job_id))
    return Job(tenant="sales", id=job_id, params_hash="0" * 64, audio=audio, created_at=NOW)


def test_submit_passes_few_doors(world):
    job = new_job()

    with follow(job.id, roots=PACKAGES, ignore=FAKES) as trace:
        drive(submit(job, None), world)

    assert trace.over(rooms=5, doors=6) == []


def test_queue_passes_few_doors(world):
    job = drive(submit(new_job(), None), world).job
    world.store.put(job.audio.bucket, job.audio.key, b"audio")

    with follow(job.id, roots=PACKAGES, ignore=FAKES) as trace:
        drive(queue(job, NOW), world)

    assert trace.over(rooms=7, doors=9) == []


def test_a_job_passes_few_doors_from_receipt_to_deleted_message(bench, jobs, world):
    job = jobs.queued()
    receipt = receipt_of(job)
    bench.scribe.happens = [lambda _: bench.leases.beat()]

    with follow(job.id, roots=PACKAGES, ignore=[*FAKES, "Bench", "Scribe"]) as trace:
        bench.intake.work(receipt)

    assert len(world.deleted) == 1
    assert trace.over(rooms=15, doors=28) == []


def test_audio_passes_few_doors(bench, jobs, world):
    job = jobs.queued()
    audio = world.store.fetch(job.audio)
    world.store.fetch = lambda _: audio

    with follow(audio, roots=PACKAGES, ignore=[*FAKES, "Bench", "Scribe"]) as trace:
        bench.intake.work(receipt_of(job))

    assert trace.over(rooms=3, doors=4) == []
