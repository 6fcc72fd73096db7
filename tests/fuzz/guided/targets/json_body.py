"""The reader of JSON bodies: any bytes are an object that can be kept and said again, or refused with a reason."""

import json
from contextlib import suppress

from api.contract.reading.strict import parse
from shared.errors.requests import MalformedRequest, ValidationFailed

MOST_BYTES = 8_192


def seeds():
    yield b'{"audio":{"s3_uri":"s3://sales-calls-eu/call-8842.wav"},"metadata":{"rep":"A-17"},"options":{"language":"de"}}'
    yield b'{"a":1e999,"b":[NaN,-Infinity],"c":"\\ud800\\u0000","c":2}'
    yield b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"
    yield b"[" * 3_000
    yield b'{"n":' + b"9" * 5_000 + b"}"


def take(data):
    with suppress(MalformedRequest, ValidationFailed):
        found = parse(data)
        assert json.loads(json.dumps(found, allow_nan=False).encode("ascii")) == found
        assert b"\0" not in json.dumps(found, ensure_ascii=False).encode("utf-8")
