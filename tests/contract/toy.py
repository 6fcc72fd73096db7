"""A function to put behind the gateway: it tells what it was given, and can be made to die, or to wait once it has told a port."""

import json
import os
import socket
import threading
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    wishes = event["queryStringParameters"] or {}
    if "die" in wishes:
        os._exit(1)
    if wishes.get("wait", "0") != "0":
        socket.create_connection(("127.0.0.1", int(wishes["tell"]))).close()
        threading.Event().wait()
    told = {**event, "pid": os.getpid(), "padding": "x" * int(wishes.get("padding", "0"))}
    return {
        "statusCode": 200,
        "multiValueHeaders": {"Content-Type": ["application/json"], "Set-Cookie": ["a=1", "b=2"]},
        "body": json.dumps(told),
        "isBase64Encoded": False,
    }
