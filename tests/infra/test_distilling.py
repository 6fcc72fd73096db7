"""From every call that an emulator saw to those that must be made again."""

import base64
import json

import pytest
from infra.distil import distilled, fingerprint
from infra.terraform import NO_PROVIDER, NO_TERRAFORM, obstacle

from shared.emulator.recording import Call, Recording

ENDPOINT = "http://127.0.0.1:5000"


def line(target, body="{}", answer="{}", service="sqs", status=200):
    """A call as the emulator writes it down."""
    scope = f"testing/20260101/eu-central-1/{service}/aws4_request"
    return json.dumps(
        {
            "method": "POST",
            "path": "/",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "headers": {"X-Amz-Target": f"AmazonSQS.{target}"},
            "status": status,
            "body": base64.b64encode(body.encode()).decode(),
            "answer": base64.b64encode(answer.encode()).decode(),
        }
    )


@pytest.fixture
def distil(tmp_path):
    """Distil calls that were written down."""

    def run(*lines, outputs=""):
        raw = tmp_path / "raw.jsonl"
        raw.write_text("\n".join(lines) + "\n")
        return distilled(raw, ENDPOINT, outputs)

    return run


def test_what_only_reads_is_left_out(distil):
    calls = distil(line("CreateQueue"), line("GetQueueAttributes"), line("ListQueues"))

    assert [call.action for call in calls] == ["CreateQueue"]


def test_what_was_refused_is_left_out(distil):
    assert distil(line("CreateQueue", status=400)) == ()


def test_the_address_of_the_emulator_is_left_out(distil):
    [call] = distil(line("TagQueue", body=json.dumps({"QueueUrl": f"{ENDPOINT}/1/calls"})))

    assert json.loads(call.body) == {"QueueUrl": "{endpoint}/1/calls"}


def test_an_answer_is_kept_for_the_id_that_is_needed_later(distil):
    made, _ = distil(line("CreateKey", answer='{"KeyId": "key-1234"}'), line("TagKey", body='{"KeyId": "key-1234"}'))

    assert "key-1234" in made.answer


def test_an_answer_that_says_nothing_new_is_left_out(distil):
    [call] = distil(line("CreateQueue", body='{"QueueName": "calls-1"}', answer='{"QueueName": "calls-1"}'))

    assert call.answer == ""


def test_an_id_of_the_outputs_is_kept(distil):
    [call] = distil(line("CreateSecret", answer='{"ARN": "secret-1234"}'), outputs='"secret-1234"')

    assert "secret-1234" in call.answer


def test_the_random_secret_is_left_out(distil):
    [call] = distil(line("PutSecretValue", body='{"SecretId": "key", "SecretString": "a \\"random\\" one"}'))

    assert json.loads(call.body) == {"SecretId": "key", "SecretString": "local-only"}


def test_a_saved_recording_is_read_back(tmp_path):
    call = Call("sqs", "eu-central-1", "POST", "/", {"X-Amz-Target": "AmazonSQS.CreateQueue"}, "{}", 200, "")
    recording = Recording({"outputs": {"bucket": "calls"}}, (call,))

    recording.save(tmp_path / "one.gz")
    recording.save(tmp_path / "two.gz")

    assert Recording.load(tmp_path / "one.gz") == recording
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()


def test_the_hash_sees_content_names_and_versions(tmp_path):
    path = tmp_path / "storage.tf"
    path.write_text("a")
    before = fingerprint([path], tmp_path, {"moto": "5.2.5"})

    assert fingerprint([path], tmp_path, {"moto": "5.2.6"}) != before
    assert fingerprint([path.rename(tmp_path / "table.tf")], tmp_path, {"moto": "5.2.5"}) != before
    (tmp_path / "storage.tf").write_text("b")
    assert fingerprint([tmp_path / "storage.tf"], tmp_path, {"moto": "5.2.5"}) != before


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"PATH": ""}, NO_TERRAFORM),
        ({"PATH": "", "CALLSCRIBE_REQUIRE_TERRAFORM": "1"}, None),
        ({"PATH": "{here}"}, NO_PROVIDER),
        ({"PATH": "{here}", "TF_CLI_CONFIG_FILE": "/nonexistent/terraformrc"}, NO_PROVIDER),
        ({"PATH": "{here}", "TF_PLUGIN_MIRROR": "/anywhere"}, None),
    ],
)
def test_an_obstacle_is_named_in_one_sentence(tmp_path, environment, reason):
    (tmp_path / "terraform").touch(mode=0o755)
    here = {name: value.replace("{here}", str(tmp_path)) for name, value in environment.items()}

    assert obstacle(here) == reason
