"""Signed places: where a client, and above all a browser, is sent."""

from urllib.parse import parse_qs, urlsplit

import pytest

from shared.aws.clients import connect
from shared.aws.store import Playable, Store
from shared.job import Audio

BUCKET = "callscribe-prod-calls"
IN_THE_REGION = f"{BUCKET}.s3.eu-west-3.amazonaws.com"


@pytest.fixture
def store(monkeypatch) -> Store:
    for name, value in {"DEFAULT_REGION": "eu-west-3", "ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return Store(connect().s3, BUCKET)


def test_an_upload_goes_to_the_region(store):
    place = store.presign_put(Audio(source="upload", bucket=BUCKET, key="audio/sales/job_1"), 900)

    assert urlsplit(place.url).netloc == IN_THE_REGION


def test_a_recording_is_played_from_the_region(store):
    url = urlsplit(store.presign_get(Playable(BUCKET, "audio/sales/job_1", "v7", "audio/wav"), 3_600))

    asked = {name: parse_qs(url.query)[name] for name in ("versionId", "response-content-type", "X-Amz-Expires")}
    assert url.netloc == IN_THE_REGION
    assert asked == {"versionId": ["v7"], "response-content-type": ["audio/wav"], "X-Amz-Expires": ["3600"]}


def test_of_a_recording_the_host_alone_is_signed(store):
    url = urlsplit(store.presign_get(Playable(BUCKET, "audio/sales/job_1", None, "audio/wav"), 3_600))

    # A browser adds headers of its own, Range first of all.
    assert parse_qs(url.query)["X-Amz-SignedHeaders"] == ["host"]
    assert "versionId" not in parse_qs(url.query)
