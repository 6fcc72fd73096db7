"""`python -m shared.emulator.moto_server`: moto with the shims, a process for tests and for Terraform.

It prints `ready <url>` and ends with SIGTERM. moto is a development dependency: nothing that ships imports this.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

SETTINGS = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # gap 5: the policies that AWS manages
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # none is looked up, and reading them takes a second
    "VALIDATE_LAMBDA_S3": "false",  # the zip of the functions lies in a bucket that is not part of the stack
}
LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve until SIGTERM."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, _leave)
    if not asked.plain:
        os.environ.update(SETTINGS)  # noqa: TID251 - moto's own settings, before it is imported
    # moto reads its settings on import.
    from werkzeug.serving import make_server  # noqa: PLC0415

    from shared.emulator.moto_app import Handler, application  # noqa: PLC0415

    app = application(shimmed=not asked.plain, record_to=asked.record)
    server = make_server(LOOPBACK, asked.port, app, threaded=True, request_handler=Handler)
    sys.stdout.write(f"ready http://{LOOPBACK}:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shared.emulator.moto_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--plain", action="store_true", help="moto as it comes, without a shim")
    parser.add_argument("--record", type=Path, help="file that gets a line of JSON for each call")
    return parser


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
