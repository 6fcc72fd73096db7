"""Where an emulator is kinder than AWS (1 to 9): who is, that the strict layer is not, and that our code copes."""

import base64
import contextlib
import hashlib
import http.client
import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from fakes import BUCKET
from jobs import NOW
from strict.gaps import gap
from strict.stores import StrictObjects
from strict.worlds import connect_to, with_queues

from shared.aws.store import Playable, Store
from shared.errors.jobs import UploadMismatch
from shared.errors.transient import StorageUnavailable
from shared.ids import new_id
from shared.job import Audio, Job, Lane, audio_key
from shared.protocol.drive import drive
from shared.protocol.intents import HeadObject, Hide, Publish, PutObject, Ring
from shared.protocol.submitting import submit

CALL = b"a recorded call"
SHA256 = hashlib.sha256(CALL).hexdigest()
SOURCES = [path for package in ("api", "worker", "shared") for path in Path(package).rglob("*.py")]
UNCHECKED = {"moto": "checks nothing of a presigned request"}


def place(engine):
    """A presigned place for `CALL`, as the API gives it: (path with query, headers)."""
    audio = Audio(source="upload", bucket=BUCKET, key=f"audio/{uuid.uuid4().hex}", size_bytes=len(CALL), sha256=SHA256)
    signed = engine.world.store.presign_put(audio, 900)
    return signed.url, dict(signed.headers)


def put(url, headers, body):
    """The status of an upload, sent as it is."""
    return asked("PUT", url, headers, body)


def get(url):
    """The status with which a recording is played, or is not."""
    return asked("GET", url, {}, None)


def asked(verb, url, headers, body):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    with contextlib.closing(connection):
        connection.request(verb, f"{parts.path}?{parts.query}", body, headers)
        return connection.getresponse().status


@gap(1)
def test_an_upload_as_it_was_signed_is_taken_once(engine):
    url, headers = place(engine)

    assert put(url, headers, CALL) == 200
    assert put(url, headers, CALL) == 412


@gap(1, kind=UNCHECKED)
def test_an_upload_of_another_size_is_refused(engine):
    url, headers = place(engine)

    assert put(url, headers, CALL + b"!") in (400, 403)


@gap(1, kind=UNCHECKED)
def test_an_upload_of_other_bytes_is_refused(engine):
    url, headers = place(engine)

    assert put(url, headers, CALL.upper()) in (400, 403)


@gap(1, kind=UNCHECKED)
def test_an_upload_of_another_type_is_refused(engine):
    url, headers = place(engine)

    assert put(url, headers | {"Content-Type": "text/html"}, CALL) == 403


@gap(1, kind=UNCHECKED)
def test_an_upload_to_another_key_is_refused(engine):
    url, headers = place(engine)

    assert put(url.replace("/audio/", "/transcripts/"), headers, CALL) == 403


@gap(1, engines=("strict",))
def test_an_upload_that_comes_too_late_is_refused(engine):
    url, headers = place(engine)
    engine.gate.late_s = 901.0

    status = put(url, headers, CALL)

    engine.gate.late_s = 0.0
    assert status == 403


@gap(1, kind={"moto": "checks no time of a presigned request"}, engines=("moto", "strict"))
def test_a_recording_plays_for_its_time_alone(engine):
    key = f"audio/{uuid.uuid4().hex}"
    engine.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=CALL)
    url = engine.world.store.presign_get(Playable(BUCKET, key, None, "audio/wav"), 3_600)

    engine.gate.late_s = 3_599.0
    in_time = get(url)
    engine.gate.late_s = 3_601.0
    late = get(url)

    engine.gate.late_s = 0.0
    assert (in_time, late) == (200, 403)


@gap(1, engines=("moto",))
def test_everything_that_was_declared_is_signed(engine):
    url, _ = place(engine)

    signed = parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"][0].split(";")

    assert signed == ["content-length", "content-type", "host", "if-none-match", "x-amz-checksum-sha256"]


@gap(2, kind={"moto": "deletes the message of its new holder"})
def test_a_stale_handle_deletes_nothing(engine):
    world = with_queues(engine.world)
    world.perform(Ring(Lane.BATCH, "sales", "job"))
    stale = world.doorbell.receive(Lane.BATCH, 0, 60)
    world.perform(Hide(stale, 0))
    held = world.doorbell.receive(Lane.BATCH, 1, 60)

    for _ in range(4):
        world.doorbell.delete(stale)

    world.perform(Hide(held, 0))
    assert world.doorbell.receive(Lane.BATCH, 1, 60) is not None


@gap(3, kind={"moto": "runs a transaction again for the same token"}, engines=("ministack", "moto"))
def test_a_transaction_with_one_token_runs_once(engine):
    key = {"pk": {"S": uuid.uuid4().hex}, "sk": {"S": "JOB"}}
    table = engine.world.ledger.table
    put_new = {"TableName": table, "Item": key, "ConditionExpression": "attribute_not_exists(pk)"}

    for _ in range(2):
        engine.clients.dynamodb.transact_write_items(TransactItems=[{"Put": put_new}], ClientRequestToken="t" * 32)


@pytest.mark.parametrize("attempts", [1], ids=["gap-03-moto"])
def test_a_submission_whose_answer_is_lost_makes_one_job(world, wire, attempts):
    job_id = new_id("job", NOW)
    audio = Audio(source="upload", bucket=BUCKET, key=audio_key("sales", job_id))
    job = Job(tenant="sales", id=job_id, params_hash="0" * 64, audio=audio, created_at=NOW)

    with wire.failing("lost_response", "TransactWriteItems", attempts):
        submitted = drive(submit(job, None), world)

    assert submitted.job.id == job_id
    assert len(world.ledger.client.scan(TableName=world.ledger.table)["Items"]) == 1


@gap(4, engines=("ministack", "moto"))
def test_moving_dead_letters_by_the_queue_is_not_to_be_had(engine):
    with pytest.raises(ClientError):
        engine.clients.sqs.start_message_move_task(SourceArn="arn:aws:sqs:eu-central-1:000000000000:none")


@pytest.mark.parametrize("call", ["start_message_move_task"], ids=["gap-04"])
def test_no_code_of_ours_moves_dead_letters_by_the_queue(call):
    assert [path for path in SOURCES if call in path.read_text()] == []


@gap(5, kind={"moto": "compares no checksum"})
def test_a_wrong_checksum_is_refused(engine):
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    with pytest.raises(ClientError) as refused:
        engine.clients.s3.put_object(Bucket=BUCKET, Key=uuid.uuid4().hex, Body=CALL, ChecksumSHA256=wrong)

    assert refused.value.response["Error"]["Code"] == "BadDigest"


@gap(5)
def test_audio_is_hashed_where_it_is_read(engine):
    key = uuid.uuid4().hex
    engine.world.store.put(BUCKET, key, b"something else")
    etag = engine.world.perform(HeadObject(BUCKET, key)).etag

    with pytest.raises(UploadMismatch):
        engine.world.store.fetch(Audio(source="upload", bucket=BUCKET, key=key, etag=etag, sha256=SHA256))


@gap(6, kind={"moto": "takes any character"})
def test_a_message_with_a_nul_is_refused(engine):
    url = with_queues(engine.world).doorbell.urls[Lane.BATCH]

    with pytest.raises(ClientError):
        engine.clients.sqs.send_message(QueueUrl=url, MessageBody="a\x00b")


@gap(6)
def test_a_doorbell_is_ascii_whatever_it_carries(engine):
    world = with_queues(engine.world)

    world.perform(Ring(Lane.BATCH, "a\x00é", "job"))

    assert world.doorbell.receive(Lane.BATCH, 1, 60).tenant == "a\x00é"


@gap(8)
def test_a_message_over_a_mebibyte_is_refused(engine):
    url = with_queues(engine.world).doorbell.urls[Lane.BATCH]

    with pytest.raises(ClientError):
        engine.clients.sqs.send_message(QueueUrl=url, MessageBody="x" * ((1 << 20) + 1))


@gap(8, engines=("moto",))
def test_a_doorbell_over_a_kibibyte_is_never_sent(engine):
    with pytest.raises(AssertionError):
        engine.world.perform(Ring(Lane.BATCH, "sales", "x" * 1_024))


@gap(8, engines=("moto",))
def test_an_event_over_256_kibibytes_is_never_sent(engine):
    with pytest.raises(AssertionError):
        engine.world.perform(Publish("x" * 262_144, {"type": "job.completed"}))


class Meeting:
    """A chance that lets the first `times` conditional writes meet another."""

    def __init__(self, times):
        self.left = times

    def random(self):
        self.left -= 1
        return 0.0 if self.left >= 0 else 1.0


@gap(9, engines=("ministack",))
@pytest.mark.parametrize("times", [1, 3])
def test_a_write_that_met_another_is_tried_again(engine, times):
    store = meeting(engine, times)

    etag = store.put_once(PutObject(f"transcripts/{uuid.uuid4().hex}", b"text", {}))

    assert etag == f'"{hashlib.md5(b"text").hexdigest()}"'


@gap(9, engines=("ministack",))
def test_a_write_that_meets_others_for_ever_is_handed_back(engine):
    store = meeting(engine, times=99)

    with pytest.raises(StorageUnavailable):
        store.put_once(PutObject(f"transcripts/{uuid.uuid4().hex}", b"text", {}))


def meeting(engine, times):
    """A store whose first `times` conditional writes meet another."""
    client = connect_to(engine.endpoint).s3
    StrictObjects(Meeting(times), conflicts=0.5).attach(client)
    return Store(client, BUCKET)
