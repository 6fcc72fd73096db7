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
    forger = boto3.Session(ACCOUNT, "guessed", region_name=REGION).client(
        "s3", endpoint_url=endpoint, config=Config(signature_version="s3v4", s3={"addressing_style": "path"})
    )
    url, headers = presigned(forger, key)

    assert put(url, headers, CALL) == 403


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
    url, _ = presigned(clients.s3, key)
    asked = {"Origin": "http://127.0.0.1:8080", "Access-Control-Request-Method": "PUT"}

    with httpx.Client(trust_env=False) as http:
        answer = http.options(url, headers=asked)

    assert answer.headers["access-control-allow-origin"] in ("*", asked["Origin"])
