"""The commands as a person types them, against the real application: what is read, and the exit code."""

import json
import subprocess
import sys

import httpx
import pytest
from client_world import NOW, URL, Wire
from rich.console import Console
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.session import Session
from api.client import Wishes

CALL = b"RIFF" + bytes(200)
FAILURE = {
    "code": "unsupported_codec", "message": "The WAV file holds G.729 audio.", "retryable": False, "stage": "decoding",
    "attempt": 1, "cause": None,
}  # fmt: skip


class Terminal:
    """Runs commands with the key of a tenant; `columns` makes it a terminal of that width."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.client = wire.client()

    def __call__(self, *words: str, given: str | None = None, columns: int | None = None, **settings: str | None):
        session = Session(lambda: NOW + 400, self.wire, self.wire.pause)
        if columns:
            session.out = Console(width=columns, force_terminal=True, color_system=None, highlight=False)
        environment = {"CALLSCRIBE_URL": URL, "CALLSCRIBE_API_KEY": self.wire.caller.key, **settings}
        return CliRunner().invoke(app, list(words), obj=session, input=given, env=environment)

    def submitted(self, *names: str) -> list[str]:
        return [self.client.submit(CALL + name.encode()).id for name in names]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def run(wire, tmp_path, monkeypatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(wire)


@pytest.fixture
def folder(tmp_path):
    """Two recordings, one more in a folder within, and a file that is none."""
    made = tmp_path / "calls"
    (made / "older").mkdir(parents=True)
    for name in ("a.wav", "b.MP3", "older/c.flac", "notes.txt"):
        (made / name).write_bytes(CALL + name.encode())
    return made


def test_help_is_in_panels(run):
    told = run("--help").stdout

    assert told.index("Calls") < told.index("│ submit") < told.index("Many calls") < told.index("│ batch")
    assert "--install-completion" in told


def test_the_version_is_told(run):
    assert run("--version").stdout.startswith("callscribe 0.")


def test_a_folder_is_submitted_once(run, folder, wire):
    first, second = run("submit", str(folder)), run("submit", str(folder), "--recursive")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "2 submitted" in first.stdout
    assert "1 submitted, 2 already submitted" in second.stdout
    assert len(list(run.client.jobs())) == 3


def test_one_bad_file_stops_none_of_the_rest(run, folder):
    (folder / "bad.wav").write_bytes(b"")

    told = run("submit", str(folder))

    assert told.exit_code == 1
    assert "2 submitted, 1 failed" in told.stdout
    assert "bad.wav" in told.stderr


def test_a_wait_for_one_call_shows_what_was_said(run, folder, wire):
    wire.caller.on_pause.append(wire.complete_all)

    told = run("submit", str(folder / "a.wav"), "--wait")

    assert told.exit_code == 0
    assert "completed" in told.stdout
    assert "customer  Bonjour, je vous appelle pour le devis." in told.stdout


def test_what_is_said_of_a_call_reaches_the_service(run, folder):
    run(
        "submit", str(folder / "a.wav"), "--tag", "t", "--metadata", "a=b", "--lane", "batch", "--role", "0=customer",
        "--reference", "r", "--fail-on", "no_speech", "--no-words", "--deadline", "2026-02-01T10:00Z",
    )  # fmt: skip

    job = next(run.client.jobs())
    assert (job.tags, job.metadata, job.lane, job.reference) == (("t",), {"a": "b"}, "batch", "r")
    assert job.options["channels"]["roles"] == {"0": "customer"}
    assert (job.options["word_timestamps"], job.options["fail_on"], job.deadline_at) == (
        False, ["no_speech"], "2026-02-01T10:00:00.000Z",
    )  # fmt: skip


def test_an_object_of_s3_is_submitted(run, wire):
    wire.caller.world.store.put("sales-calls-eu", "a.wav", CALL)

    assert run("submit", "--s3", "s3://sales-calls-eu/a.wav", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["submit"], "name a recording"),
        (["submit", "nowhere.wav"], "no such file"),
        (["submit", "."], "there is no recording in ."),
        (["submit", "calls/a.wav", "--role", "agent"], "--role name=value"),
        (["list", "--after", "tomorrow"], "is no moment"),
        (["erase"], "exactly one"),
        (["batch", "create"], "give either calls"),
        (["webhooks", "change", "whk_1"], "give at least one"),
        (["delete", "-"], "add --yes"),
    ],
)
def test_a_wrong_word_is_explained(run, folder, words, told):
    answer = run(*words)

    assert answer.exit_code == 2
    assert told in " ".join(answer.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "job_00000000000000000000000000"], "callscribe list"),
        (["submit", "calls/a.wav", "--language", "xx"], "/options/language"),
        (["submit", "--s3", "s3://elsewhere/a.wav"], "allow the bucket"),
        (["--key", "csk_wrong", "list"], "callscribe keys create"),
        (["webhooks", "add", "http://crm.example.com/"], "https address"),
        (["list", "--status", "lost"], "/query/status"),
    ],
)
def test_a_refusal_says_what_to_do(run, folder, words, told):
    answer = run(*words)

    assert answer.exit_code == 1
    assert told in answer.stderr
    assert "Traceback" not in answer.output


def test_a_missing_key_is_a_setting(run):
    answer = run("list", CALLSCRIBE_API_KEY=None)

    assert answer.exit_code == 78
    assert "callscribe up" in answer.stderr


def test_a_dead_service_is_told_with_its_address(run, wire):
    wire.before.append(lambda _: (_ for _ in ()).throw(httpx.ConnectError("refused")))

    answer = run("--url", "http://127.0.0.1:9", "list")

    assert answer.exit_code == 1
    assert "127.0.0.1:9" in answer.stderr
    assert "callscribe up" in answer.stderr


def test_a_list_shows_what_a_person_looks_for(run, wire):
    job_id, _ = run.submitted("a", "b")
    wire.become(job_id, status="processing", progress={"percent": 63.2, "speech_s_done": 4.3, "speech_s_total": 6.8})

    told = run("list", columns=80).stdout

    assert "processing 63 %" in told
    assert job_id in told
    assert max(map(len, told.splitlines())) <= 80


def test_ids_go_from_one_command_to_the_next(run):
    ids = run.submitted("a", "b", "c")

    piped = run("list", "--ids").stdout
    told = run("cancel", "-", given=piped)

    assert piped.split() == ids[::-1]
    assert told.stdout.count("canceled") == 3


def test_a_list_says_that_there_is_more(run):
    run.submitted("a", "b", "c")

    assert "--limit or --all" in run("list", "--limit", "2").stderr
    assert len(run("list", "--limit", "2", "--ids").stdout.split()) == 2


def test_a_call_is_shown_with_its_figures(run, wire):
    [job_id] = run.submitted("a")
    wire.complete(job_id)

    told = run("show", job_id, "--suppressed").stdout

    assert "agent talks 48 %" in told
    assert "interruptions: agent at 00:05" in told
    assert "communauté d'Amara.org  known_phrase, too_fast" in told


def test_long_turns_wrap_below_themselves(run, wire):
    [job_id] = run.submitted("a")
    wire.complete(job_id)

    told = run("show", job_id, columns=40).stdout

    assert "00:02  customer  Bonjour, je vous" in told
    assert "\n                 appelle" in told


def test_a_failed_call_says_why(run, wire):
    [job_id] = run.submitted("a")
    wire.become(job_id, status="failed", error=FAILURE, completed_at=NOW)

    watched, exported = run("watch", job_id), run("export", job_id)

    assert (watched.exit_code, exported.exit_code) == (1, 1)
    assert "G.729" in watched.stdout
    assert "callscribe retry" in exported.stderr


def test_watching_ends_with_the_call(run, wire):
    [job_id] = run.submitted("a")
    wire.caller.on_pause.append(lambda: wire.complete(job_id) if wire.caller.clock[0] > NOW + 10 else None)

    told = run("watch", job_id)

    assert told.exit_code == 0
    assert [line.split()[1] for line in told.stdout.splitlines()] == ["queued", "completed"]


def test_several_transcripts_go_into_a_folder(run, wire, tmp_path):
    ids = run.submitted("a", "b")
    wire.complete_all()

    told = run("export", *ids, "--format", "srt", "--to", "out")

    assert told.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{one}.srt" for one in ids)


def test_one_failure_stops_none_of_the_rest(run):
    [job_id] = run.submitted("a")

    told = run("cancel", "job_00000000000000000000000000", job_id)

    assert told.exit_code == 1
    assert f"{job_id}  canceled" in told.stdout
    assert "job_00000000000000000000000000: " in told.stderr


def test_nothing_is_erased_unless_somebody_says_so(run):
    [job_id] = run.submitted("a")

    refused, done = run("delete", job_id, given="n\n"), run("delete", job_id, "--yes")

    assert (refused.exit_code, done.exit_code) == (1, 0)
    assert "1 call erased" in done.stdout


def test_a_receipt_can_be_seen_again(run):
    run.client.submit(CALL, Wishes(reference="crm-1"))
    receipt = json.loads(run("erase", "--reference", "crm-1", "--yes", "--json").stdout)

    assert receipt["id"] in run("erase", "--receipt", receipt["id"]).stdout


def test_a_batch_is_made_of_a_file(run, wire, tmp_path):
    wire.caller.world.store.put("sales-calls-eu", "1.wav", CALL)
    (tmp_path / "items.jsonl").write_text('{"s3_uri": "s3://sales-calls-eu/1.wav", "reference": "one"}\n\n')

    made = run("batch", "create", "--items", "items.jsonl", "--reference", "night")
    batch_id = made.stdout.split("bat_")[1][:26]

    assert made.exit_code == 0
    assert "night" in run("batch", "list").stdout
    assert "canceled" in run("batch", "cancel", f"bat_{batch_id}").stdout


def test_a_batch_is_made_of_what_comes_in(run, wire):
    wire.caller.world.store.put("sales-calls-eu", "1.wav", CALL)

    made = run("batch", "create", "-", "--json", given="s3://sales-calls-eu/1.wav\n")

    assert json.loads(made.stdout)["counts"]["total"] == 1


def test_a_line_that_is_no_item_is_named(run, tmp_path):
    (tmp_path / "items.jsonl").write_text('{"url": "x"}\n')

    told = run("batch", "create", "--items", "items.jsonl")

    assert told.exit_code == 2
    assert "line 1" in told.stderr


def test_a_preview_makes_nothing(run, wire):
    run.submitted("a")
    wire.complete_all()

    told = run("batch", "preview", "--status", "completed", "--model-not", "large-v3", "--model", "large-v3-turbo")

    assert "1 match: 1 would be transcribed" in told.stdout
    assert "no such batch" in run("batch", "list").stderr


def test_a_webhook_shows_its_secret_once(run):
    made = run("webhooks", "add", "https://crm.example.com/hooks", "--event", "job.completed")
    webhook_id = made.stdout.split()[0]

    assert "whsec_" in made.stdout
    assert "never shown again" in made.stderr
    assert "whsec_" not in run("webhooks", "show", webhook_id).stdout


def test_a_webhook_is_tried_changed_and_removed(run):
    webhook_id = run.client.webhooks.create("https://crm.example.com/hooks").id

    tried = run("webhooks", "test", webhook_id)
    delivery_id = tried.stdout.split()[0]

    assert delivery_id in run("webhooks", "log", webhook_id).stdout
    assert run("webhooks", "redeliver", webhook_id, delivery_id).exit_code == 0
    assert "disabled" in run("webhooks", "change", webhook_id, "--disable").stdout
    assert "signs until" in run("webhooks", "rotate", webhook_id).stdout
    assert "removed" in run("webhooks", "remove", webhook_id, "--yes").stdout


def test_the_queue_is_shown_lane_by_lane(run):
    told = run("queue").stdout

    assert [word in told for word in ("interactive", "batch", "unknown yet", "no worker at work")] == [True] * 4


def test_the_models_are_shown(run):
    assert "large-v3-turbo" in run("models").stdout


def test_the_doctor_says_what_is_missing(run):
    told = run("doctor")

    assert told.exit_code == 1
    assert "ok    the key is accepted" in told.stdout
    assert "FAIL  a worker is at work" in told.stdout
    assert "callscribe worker" in told.stdout


def test_the_doctor_finds_a_wrong_key(run):
    told = run("--key", "csk_wrong", "doctor").stdout

    assert "FAIL  the key is accepted" in told
    assert "callscribe keys create" in told


@pytest.mark.parametrize(
    "words",
    [
        ["list"], ["show", "JOB"], ["queue"], ["models"], ["batch", "list"], ["webhooks", "list"], ["doctor"],
        ["cancel", "JOB"], ["batch", "preview", "--status", "completed"], ["watch", "JOB"],
    ],
)  # fmt: skip
def test_json_is_json_line_by_line(run, wire, words):
    [job_id] = run.submitted("a")
    run.client.webhooks.create("https://crm.example.com/hooks")
    if words[0] == "watch":
        wire.complete(job_id)

    told = run(*(job_id if word == "JOB" else word for word in words), "--json").stdout

    assert all(isinstance(json.loads(line), dict) for line in told.splitlines())


def test_commands_that_need_no_aws_load_none():
    script = "import sys, api.cli.main; sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
