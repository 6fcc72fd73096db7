"""What our store relies on: write once, pinned versions, presigned uploads that hold what they promise."""

import base64
import hashlib
import json
import uuid
from urllib.parse import unquote_plus

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from shared.aws.store import Playable
from shared.aws.store.signing import signed_get
from shared.emulator.resources import ACCOUNT, REGION

BUCKET = f"callscribe-local-calls-{ACCOUNT}"
CALL = b"a recorded call"


@pytest.fixture
def key():
    return f"other/{uuid.uuid4().hex}"


def checksum(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def presigned(s3, key):
    """URL and headers of an upload, signed as the API signs it."""
    headers = {
        "Content-Type": "application/octet-stream",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": checksum(CALL),
    }
    wanted = {
        "Bucket": BUCKET,
        "Key": key,
        "ContentType": headers["Content-Type"],
        "ContentLength": len(CALL),
        "IfNoneMatch": "*",
        "ChecksumSHA256": headers["x-amz-checksum-sha256"],
    }
    return s3.generate_presigned_url("put_object", Params=wanted, ExpiresIn=60), headers


def forger(endpoint):
    """A client with a secret that is not the store's."""
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return boto3.Session(ACCOUNT, "guessed", region_name=REGION).client("s3", endpoint_url=endpoint, config=config)


def put(url, headers, body):
    with httpx.Client(trust_env=False) as http:
        return http.put(url, content=body, headers=headers).status_code


def test_an_object_is_written_once(clients, key):
    clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"first", IfNoneMatch="*")

    with pytest.raises(ClientError) as refused:
        clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"second", IfNoneMatch="*")

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"first"


def test_a_pinned_version_outlives_its_replacement(clients, key):
    pinned = clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"first")["VersionId"]
    clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"second")

    answer = clients.s3.get_object(Bucket=BUCKET, Key=key, VersionId=pinned)

    assert answer["Body"].read() == b"first"


def test_a_missing_object_is_a_404(clients, key):
    with pytest.raises(ClientError) as missing:
        clients.s3.head_object(Bucket=BUCKET, Key=key)

    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_metadata_comes_back_with_the_object(clients, key):
    clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x", Metadata={"job": "job_1", "revision": "1"})

    assert clients.s3.head_object(Bucket=BUCKET, Key=key)["Metadata"] == {"job": "job_1", "revision": "1"}


def test_a_presigned_upload_is_stored(clients, key):
    url, headers = presigned(clients.s3, key)

    assert put(url, headers, CALL) == 200
    assert clients.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == CALL


def test_a_second_upload_is_refused(clients, key):
    url, headers = presigned(clients.s3, key)
    put(url, headers, CALL)

    assert put(url, headers, CALL) == 412


def test_an_upload_of_another_size_is_refused(clients, key):
    url, headers = presigned(clients.s3, key)

    assert put(url, headers, CALL + b"!") in (400, 403)


def test_an_upload_of_other_bytes_is_refused(clients, key):
    url, headers = presigned(clients.s3, key)

    assert put(url, headers, CALL.upper()) in (400, 403)


def test_an_upload_with_an_unknown_secret_is_refused(clients, endpoint, key):
    url, headers = presigned(forger(endpoint), key)

    assert put(url, headers, CALL) == 403


def test_a_presigned_recording_plays_from_anywhere_in_it(clients, key):
    pinned = clients.s3.put_object(Bucket=BUCKET, Key=key, Body=CALL)["VersionId"]
    clients.s3.put_object(Bucket=BUCKET, Key=key, Body=b"another call")
    url = signed_get(clients.s3, Playable(BUCKET, key, pinned, "audio/wav"), 60)

    with httpx.Client(trust_env=False) as http:
        answer = http.get(url, headers={"Range": "bytes=2-9"})

    told = ("content-type", "content-range")
    assert (answer.status_code, answer.content) == (206, CALL[2:10])
    assert [answer.headers[name] for name in told] == ["audio/wav", f"bytes 2-9/{len(CALL)}"]


def test_a_range_beyond_a_recording_is_refused(clients, key):
    pinned = clients.s3.put_object(Bucket=BUCKET, Key=key, Body=CALL)["VersionId"]
    url = signed_get(clients.s3, Playable(BUCKET, key, pinned, "audio/wav"), 60)

    with httpx.Client(trust_env=False) as http:
        assert http.get(url, headers={"Range": "bytes=99-"}).status_code == 416


def test_a_recording_with_an_unknown_secret_is_refused(clients, endpoint, key):
    clients.s3.put_object(Bucket=BUCKET, Key=key, Body=CALL)
    url = signed_get(forger(endpoint), Playable(BUCKET, key, None, "audio/wav"), 60)

    with httpx.Client(trust_env=False) as http:
        assert http.get(url).status_code == 403


def test_an_upload_under_audio_is_told_to_the_queue(clients, names):
    queue = names["CALLSCRIBE_QUEUE_UPLOADS_URL"]
    key = f"audio/local/job {uuid.uuid4().hex}"
    clients.s3.put_object(Bucket=BUCKET, Key=key.replace("audio/", "work/"), Body=CALL)
    version = clients.s3.put_object(Bucket=BUCKET, Key=key, Body=CALL)["VersionId"]

    told = [record["s3"]["object"] for record in uploads(clients, queue, key)]

    assert [(unquote_plus(item["key"]), item["versionId"], item["size"]) for item in told] == [
        (key, version, len(CALL))
    ]


def uploads(clients, queue, key):
    """The records about `key`, once there is one; the engine's test message and other keys are left out."""
    found = []
    for _ in range(5):
        answer = clients.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=3, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            records = json.loads(message["Body"]).get("Records", [])
            found += [one for one in records if unquote_plus(one["s3"]["object"]["key"]).endswith(key.split("/")[-1])]
        if found:
            return found
    return found


def test_a_page_of_another_origin_may_upload(clients, endpoint, key):
    url, headers = presigned(clients.s3, key)
    origin = {"Origin": "http://127.0.0.1:8080"}
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": ",".join(headers).lower()}

    with httpx.Client(trust_env=False) as http:
        before = http.options(url, headers=origin | asked)
        answer = http.put(url, content=CALL, headers=origin | headers)

    assert (before.status_code, answer.status_code) == (200, 200)
    assert {one.headers.get("access-control-allow-origin") for one in (before, answer)} <= {"*", origin["Origin"]}
