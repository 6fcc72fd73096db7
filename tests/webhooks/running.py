"""A receiver as a process of its own, and the API that it asks for transcripts."""

import http.client
import json
import os
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
START_S = 20.0
REST_S = 20.0


def utc_now():
    return datetime.now(UTC)  # noqa: TID251 - the receiver is a process with the real clock


class Transcripts(ThreadingHTTPServer):
    """The API as far as a receiver needs it: answers with a transcript, or with what it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Reading)
        self.status = 200
        self.keys = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def event(self, event_id="evt_1"):
        url = f"http://127.0.0.1:{self.server_port}/v1/jobs/job_1/transcript"
        return json.dumps({"id": event_id, "type": "job.completed", "data": {"transcript_url": url}})


class Reading(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.keys.append((self.path, self.headers["Authorization"]))
        self.send_response(self.server.status)
        self.send_header("Location", "/stolen")
        self.end_headers()
        self.wfile.write(b'{"utterances": [{}, {}, {}]}')

    def log_message(self, *_):
        """Keep quiet."""


class Running:
    """A receiver as an integrator starts it; what it prints comes line by line."""

    def __init__(self, inbox, module="webhook_receiver", *options):
        command = [sys.executable, "-m", f"api.examples.{module}", "--port", "0", "--inbox", str(inbox), *options]
        env = {"PATH": os.defpath, "WEBHOOK_SECRET": SECRET, "CALLSCRIBE_API_KEY": "csk_test"}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = SimpleQueue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()
        self.address = urlsplit(self.until("ready").split()[1]).netloc

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def until(self, beginning, within_s=START_S):
        """The next line that begins so; fails after `within_s` without any line."""
        for line in iter(lambda: self.lines.get(timeout=within_s), None):
            self.seen.append(line)
            if line.startswith(beginning):
                return line
        raise AssertionError

    def post(self, body, headers):
        connection = http.client.HTTPConnection(self.address, timeout=REST_S)
        connection.putrequest("POST", "/")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        status = connection.getresponse().status
        connection.close()
        return status

    def send(self, body, **changes):
        return self.post(body.encode(), {"Content-Length": len(body.encode())} | signed(body) | changes)

    def handled(self):
        """All that was handled until now: events are handled in turn, so one more event ends the list."""
        last = f"evt_{uuid.uuid4().hex}"
        self.send(json.dumps({"id": last, "type": "job.canceled", "data": {}}))
        self.until(f"handled {last}")
        return [line.split()[1].rstrip(":") for line in self.seen if line.startswith("handled")][:-1]

    def stop(self):
        self.process.terminate()
        self.process.wait(REST_S)
        self.process.stdout.close()


def signed(body, secret=SECRET, at=None, event_id=None):
    at = at or utc_now()
    event_id = event_id or json.loads(body)["id"]
    signature = Webhook(secret).sign(event_id, at, body)
    return {"webhook-id": event_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
