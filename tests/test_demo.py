"""The demo's verdict on good and bad outcomes, and that the commands of the README exist."""

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.cli.demo.judging import (
    Call,
    Played,
    Reference,
    accuracy_of,
    bundled_calls,
    event_ids,
    failures,
    rtfx,
    summary,
)
from api.client import Event, Job, Transcript
from api.client.transcripts import Channel, Utterance
from api.client.views import Audio, JobError

ROOT = Path(__file__).parent.parent
BEGAN = datetime(2026, 1, 15, 10, tzinfo=UTC)
AGENT, CUSTOMER = "good morning how can i help you", "i would like to move my appointment"
REFERENCE = Reference.model_validate(
    {
        "title": "A call",
        "language": "en",
        "channels": [{"role": "agent", "text": AGENT}, {"role": "customer", "text": CUSTOMER}],
    }
)


def job(status="completed", warnings=(), error=None, after_s=10.0):
    return Job(
        id="job_1",
        status=status,
        audio=Audio(duration=60.0),
        warnings=warnings,
        error=error,
        created_at=BEGAN,
        completed_at=BEGAN + timedelta(seconds=after_s),
    )


def transcript(agent=AGENT, customer=CUSTOMER, roles=("agent", "customer")):
    turns = [(0, roles[0], 0.0, agent), (1, roles[1], 5.0, customer)]
    return Transcript(
        text=f"{agent} {customer}",
        language="en",
        duration=60.0,
        channels=tuple(Channel(index=index, role=role) for index, role in enumerate(roles)),
        utterances=tuple(
            Utterance(channel=channel, speaker=role, start=start, end=start + 3, text=text)
            for channel, role, start, text in turns
        ),
    )


def played(name="call-en.wav", events=("evt_1",), reference=REFERENCE, **parts):
    parts = {"job": job(), "transcript": transcript(), **parts}
    return Played(Call(Path(name), reference), event_ids=frozenset(events), **parts)


def test_a_call_as_promised_has_no_failure():
    assert failures(played()) == []


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ({"job": job("failed", error=JobError(code="decode_failed", message="")), "transcript": None}, "decode_failed"),
        ({"job": job("processing"), "transcript": None}, "is processing, not completed"),
        ({"transcript": transcript(agent="thank you")}, "is above 20 %"),
        ({"transcript": transcript(roles=("customer", "agent"))}, "roles are"),
        ({"events": ()}, "0 different events"),
        ({"events": ("evt_1", "evt_2")}, "2 different events"),
        ({"name": "damaged-en.mp3"}, "no warning audio_incomplete"),
    ],
)
def test_a_broken_promise_is_told_by_name(outcome, told):
    [failure] = failures(played(**outcome))

    assert told in failure


def test_a_damaged_call_is_judged_by_its_warning_alone():
    damaged = played("damaged-en.mp3", job=job(warnings=("audio_incomplete",)), transcript=transcript(agent=""))

    assert failures(damaged) == []


def test_a_language_without_a_limit_is_only_reported():
    italian = REFERENCE.model_copy(update={"language": "it"})

    assert failures(played(reference=italian, transcript=transcript(agent="", customer=""))) == []


def test_legs_are_compared_each_with_its_own_words():
    assert accuracy_of(REFERENCE, transcript()).wer == 0.0
    assert accuracy_of(REFERENCE, transcript(agent=CUSTOMER, customer=AGENT)).wer > 0.9


def test_a_mono_call_is_compared_as_a_whole():
    mono = Reference.model_validate(
        {"title": "", "language": "en", "channels": [{"role": "mixed", "text": f"{AGENT} {CUSTOMER}"}]}
    )

    assert accuracy_of(mono, transcript(roles=(None, None))).wer == 0.0


def test_an_event_that_came_twice_counts_once():
    told = [
        Event.model_validate({"id": id_, "type": "job.completed", "data": {"job_id": job_id, "status": "completed"}})
        for id_, job_id in [("evt_1", "job_1"), ("evt_1", "job_1"), ("evt_2", "job_2")]
    ]

    assert event_ids(told, "job_1") == {"evt_1"}


def test_speed_counts_from_the_first_submission_to_the_last_end():
    assert rtfx([played(), played(job=job(after_s=20.0))]) == pytest.approx(6.0)


def test_the_last_line_says_what_came_of_it():
    damaged = played("damaged-en.mp3", transcript=transcript(agent=""))
    lost = played(job=job("failed"), transcript=None)

    assert summary([played(), damaged]) == "demo: 2 of 2 calls transcribed, WER 0.0 %, 12.0 x real time"
    assert summary([played(), lost]).startswith("demo: 1 of 2 calls transcribed")


def test_every_bundled_call_has_a_text_and_one_is_damaged():
    folder = ROOT / "api" / "console" / "calls"

    calls = bundled_calls(folder)

    assert len(calls) == len(list(folder.glob("*.json")))
    assert [call.is_damaged for call in calls].count(True) == 1
    assert {"en", "fr"} <= {call.reference.language for call in calls}


def test_every_make_command_of_the_readme_exists():
    commands = set(re.findall(r"^\s*\$?\s*make ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))

    for target in commands:
        planned = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
        )
        assert planned.returncode == 0, planned.stderr
