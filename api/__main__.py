"""Composition root of `callscribe-api`: the API and its functions on this machine's loopback."""

import signal
import sys
import threading
from typing import NoReturn

from api.app import handler
from api.functions import uploaded
from api.local.gateway import serve
from api.local.triggers import Trigger
from shared.aws.clients import connect
from shared.observe import observer
from shared.settings import BAD_CONFIGURATION, BadConfiguration, Settings, load


def main() -> None:
    """Serve until SIGTERM or SIGINT; one line and exit 78 if the configuration is not valid."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        settings = load()
        gateway = serve(handler, settings.api_processes, settings.port)
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
    """Feed upload events to their function, where the stack has a queue of them."""
    if settings.queue_uploads_url is None:
        return
    told = observer("callscribe-api", settings.log_format)
    trigger = Trigger(connect().sqs, settings.queue_uploads_url, uploaded.handler, told)
    # A daemon: a long poll that still waits must not hold up the end.
    threading.Thread(target=trigger.run, args=(stop,), name="uploads", daemon=True).start()


def _refuse(sentence: str) -> NoReturn:
    """One line that says what to change, and exit 78."""
    sys.stderr.write(f"callscribe-api: {sentence}\n")
    raise SystemExit(BAD_CONFIGURATION)


if __name__ == "__main__":
    main()
