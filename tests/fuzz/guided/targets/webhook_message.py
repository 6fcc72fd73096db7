"""Messages of the webhook queue: any is an event or a ring, or comes back as unreadable."""

import json

from contract.caller import Caller
from fakes import MemoryWorld

from api.functions.deliver import _deliveries_of
from shared.job import Key

MOST_BYTES = 4_096
PARTS = Caller(MemoryWorld()).parts()
PARTS.observer.logger.setLevel("CRITICAL")


def seeds():
    event = {"id": "evt_1", "type": "job.completed", "created_at": "2026-01-15T10:00:02.114Z", "sequence": 2}
    job = {"id": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", "status": "completed", "metadata": {}}
    yield json.dumps(event | {"data": {"job": job}}).encode()
    yield b'{"delivery":{"pk":"webhook#1","sk":"delivery#1"}}'
    yield b'{"delivery":[]}'


def take(data):
    record = {"messageId": "1", "body": data.decode("utf-8", "replace")}
    for tenant in ({"tenant": {"stringValue": "sales"}}, {"tenant": {}}):
        keys = _deliveries_of(record | {"messageAttributes": tenant}, PARTS)
        assert keys is None or all(isinstance(key, Key) for key in keys)
