"""`callscribe-emulator`: AWS on loopback, in a process of its own, with everything in it that the stack needs.

It prints the environment for the other processes as `NAME=value` lines, then `ready <url>`, and ends with its
child. The state is in memory and gone at the end.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.emulator.resources import REGION
from shared.settings import BAD_CONFIGURATION

LOOPBACK = "127.0.0.1"
START_S = 60.0
"""Until the emulator answers: normally under a second, on a busy machine several."""
LOOK_EVERY_S = 0.05
STOP_S = 1.0
"""It would wait for idle connections; what it holds is in memory, so nothing is lost by an end with SIGKILL."""
SERVICES = ("s3", "sqs", "sns", "dynamodb", "kms", "secretsmanager", "sts")
"""Of all that Terraform makes, what our code speaks to: the rest would stand there and do nothing."""


class EmulatorSettings(BaseSettings):
    """The two knobs of the emulator; `shared.settings` lists them with the others."""

    model_config = SettingsConfigDict(env_prefix="CALLSCRIBE_EMULATOR_", frozen=True, extra="ignore")

    python: Path = Field(
        Path(sys.prefix).parent / ".venv-aws" / "bin" / "python", description="interpreter that has ministack"
    )
    port: int = Field(0, ge=0, le=65_535, description="port on 127.0.0.1; 0 takes a free one")


def main() -> None:
    """Run the emulator until SIGTERM, Ctrl-C or its own end."""
    try:
        settings = EmulatorSettings()
    except ValidationError as error:
        sys.stderr.write(f"callscribe-emulator: CALLSCRIBE_EMULATOR_ settings are not valid: {error}\n")
        sys.exit(BAD_CONFIGURATION)
    if not settings.python.is_file():
        sys.stderr.write(f"callscribe-emulator: no interpreter at {settings.python}: `make up` builds it.\n")
        sys.exit(BAD_CONFIGURATION)
    with tempfile.TemporaryDirectory(prefix="callscribe-emulator-") as scratch:
        sys.exit(_serve(settings.python, settings.port or _free_port(), scratch))


def _serve(python: Path, port: int, scratch: str) -> int:
    """Start, fill and announce the emulator, then wait for its end, which nobody asked for: 1."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no input of anybody
        # -P: the folder of that file is no place to import from.
        [str(python), "-P", str(Path(__file__).with_name("ministack_app.py"))],
        env=_child_environment(port, scratch),
        cwd=scratch,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    try:
        if _answers(child, port):
            _announce(f"http://{LOOPBACK}:{port}")
            child.wait()
    finally:
        _end(child)
    return 1


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End with 0, by way of every `finally`; once is enough."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(0)


def _announce(endpoint: str) -> None:
    """Make the resources, then tell where everything is."""
    # boto3 takes longer to import than the emulator to start: imported here, the two overlap.
    from shared.emulator.making import make  # noqa: PLC0415

    lines = [f"{name}={value}" for name, value in make(endpoint, SERVICES).items()]
    sys.stdout.write("\n".join([*lines, f"ready {endpoint}"]) + "\n")
    sys.stdout.flush()


def _child_environment(port: int, scratch: str) -> dict[str, str]:
    """All that ministack reads; without BIND_HOST it would listen on every interface."""
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SERVICES": ",".join(SERVICES),
        "LOG_LEVEL": "ERROR",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "S3_PERSIST": "0",
        "PERSIST_STATE": "0",
        "TMPDIR": scratch,
        "HOME": scratch,
        "PATH": os.defpath,
        "PYTHONUNBUFFERED": "1",
    }


def _answers(child: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait until the emulator answers; False if it ended instead, or did not within `START_S`."""
    deadline = time.monotonic() + START_S
    while child.poll() is None and time.monotonic() < deadline:
        if _is_healthy(port):
            return True
        try:
            child.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            continue
    return False


def _is_healthy(port: int) -> bool:
    """Ask once; without a library, because a proxy in the environment must not stand between."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Leave no emulator behind, even one that does not listen to SIGTERM."""
    child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _free_port() -> int:
    """A port of the loopback that nobody uses now; whoever takes it meanwhile makes the start fail, not hang."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
