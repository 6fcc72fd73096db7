"""Doorbells: any message is a job's name, or nothing; the queue of the dead reads it as the queue of the living."""

import json

from api.functions.deadletters import _job_in
from shared.aws.doorbell import _receipt

MOST_BYTES = 4_096
GOOD = json.dumps({"v": 1, "tenant": "sales", "job": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"}).encode()


def seeds():
    yield GOOD
    yield b'["job"]'
    yield b'{"tenant":{},"job":[1,null,true,1e9,"\\ud800"]}'


def take(data):
    body = data.decode("utf-8", "replace")
    receipt = _receipt(
        {"Body": body, "ReceiptHandle": "handle", "Attributes": {"ApproximateReceiveCount": "1"}}, "batch"
    )
    if receipt is not None:
        assert isinstance(receipt.tenant, str)
        assert isinstance(receipt.job_id, str)
    assert _job_in(body) == (receipt and (receipt.tenant, receipt.job_id))
