"""Composition root of `callscribe-api`: the API and its functions on this machine's loopback."""

import json
import signal
import sys
import threading
import time
from typing import NoReturn

from api.app import handler
from api.functions import backlog, deadletters, deliver, nightly, reconcile, uploaded
from api.local.gateway import serve
from api.local.triggers import Clock, Trigger, seconds_until
from api.parts import production
from shared.aws.clients import connect
from shared.observe import observer
from shared.settings import BAD_CONFIGURATION, BadConfiguration, Settings, load

DISPATCHERS = 8
BACKLOG_S = 60.0
"""A schedule of the cloud comes once a minute at most."""


def main() -> None:
    """Serve until SIGTERM or SIGINT; one line and exit 78 if the configuration is not valid."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        settings = load()
        gateway = serve(handler, settings.api_processes, settings.port, prepare=production)
    except BadConfiguration as error:
        _refuse(error.message)
    except OSError as error:
        _refuse(f"CALLSCRIBE_PORT={settings.port}: {error.strerror}. Choose another port, or 0 for a free one.")
    _start_triggers(settings, stop)
    sys.stdout.write(f"ready {gateway.url}\n")
    sys.stdout.flush()
    stop.wait()
    gateway.stop()


def _start_triggers(settings: Settings, stop: threading.Event) -> None:
    """Feed queues and the clock to their functions, as mappings and schedules do in the cloud."""
    told, sqs = observer("callscribe-api", settings.log_format, settings.env), connect().sqs
    queues = {
        settings.queue_uploads_url: uploaded.handler,
        settings.queue_interactive_dlq_url: deadletters.handler,
        settings.queue_batch_dlq_url: deadletters.handler,
    }
    loops: list[Trigger | Clock] = [Trigger(sqs, url, function, told) for url, function in queues.items() if url]
    if settings.queue_webhooks_url:
        # One message each, several side by side: an endpoint that is slow holds up its own events only.
        alone = Trigger(sqs, settings.queue_webhooks_url, deliver.handler, told, batch_size=1)
        loops += [alone] * DISPATCHERS
    loops.append(Clock(lambda: settings.reconcile_s, reconcile.handler, told))
    loops.append(Clock(lambda: BACKLOG_S, backlog.handler, told))
    if settings.nightly_at and settings.nightly_plan:
        at, plan = settings.nightly_at, settings.nightly_plan
        night = Clock(
            lambda: seconds_until(at, time.time()),  # noqa: TID251 - the clock is wired here
            lambda _event, context: nightly.handler(json.loads(plan), context),
            told,
        )
        loops.append(night)
    for loop in loops:
        # A daemon: a long poll that still waits must not hold up the end.
        threading.Thread(target=loop.run, args=(stop,), daemon=True).start()


def _refuse(sentence: str) -> NoReturn:
    """One line that says what to change, and exit 78."""
    sys.stderr.write(f"callscribe-api: {sentence}\n")
    raise SystemExit(BAD_CONFIGURATION)


if __name__ == "__main__":
    main()
