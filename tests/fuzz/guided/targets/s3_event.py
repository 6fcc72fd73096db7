"""S3 events: any message names uploads of ours, or none."""

import json

from api.functions.uploaded import _arrivals

MOST_BYTES = 4_096


def seeds():
    for key in ("audio/sales/job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", "audio/a%2Fb/%C3%A9+%00", "work/x", ""):
        yield json.dumps({"Records": [{"s3": {"bucket": {"name": "calls"}, "object": {"key": key}}}]}).encode()
    yield b'{"Service":"Amazon S3","Event":"s3:TestEvent"}'
    yield b'{"Records":[{"s3":{"object":{"key":7}}},null]}'


def take(data):
    for tenant, job_id in _arrivals(data.decode("utf-8", "replace")):
        assert isinstance(tenant, str)
        assert isinstance(job_id, str)
        assert "/" not in tenant + job_id
