#!/usr/bin/env python3
"""Prove one environment: wake a worker of the new version, send a known call through the public contract, judge it.

A service without tasks "deploys" any image with success. So the minimum of the live lane is one while this runs.
"""

import argparse
import json
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from cloud import Pause, Refused, aws, main, run, summary, tell

WORKER_S, CALL_S, EVERY_S = 900.0, 600.0, 15.0
"""A machine, an image that is not on it, a model: up to 9 min. A call: as long as the canary allows."""
LANE = "interactive"


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("env")
    words.add_argument("name", help="of this deployment: the same name waits for the same call")
    words.add_argument("--every", type=float, default=EVERY_S)
    given = words.parse_args()
    prove(given.env, given.name, given.every, threading.Event().wait)


def prove(env: str, name: str, every_s: float, pause: Pause) -> None:
    """Prove an environment.

    Raises:
        Refused: no worker comes up, or the call does not come back in time and right.
    """
    bounds = _bounds(env)
    _bind(env, max(1, bounds["MinCapacity"]), max(1, bounds["MaxCapacity"]))
    try:
        _awake(env, every_s, pause)
        verdict = _judged(env, name, every_s, pause)
    finally:
        _bind(env, bounds["MinCapacity"], bounds["MaxCapacity"])
    told = f"{env}: canary {verdict['outcome']}, WER {verdict.get('wer')}, {verdict.get('elapsed_s')} s"
    summary(told)
    if verdict["outcome"] != "passed":
        raise Refused(f"{told}: {verdict.get('code')}")
    tell(told)


def _awake(env: str, every_s: float, pause: Pause) -> None:
    """Wait for a task of the newest deployment.

    Raises:
        Refused: ECS gave up on it, or it took too long.
    """
    words = ["--cluster", f"callscribe-{env}", "--services", f"callscribe-{env}-{LANE}"]
    for _ in range(round(WORKER_S / max(every_s, 1.0))):
        service = aws("ecs", "describe-services", *words)["services"][0]
        newest = next(one for one in service["deployments"] if one["status"] == "PRIMARY")
        if newest.get("rolloutState") == "FAILED":
            raise Refused(f"ECS rolled {service['serviceName']} back: {newest.get('rolloutStateReason')}")
        if newest["runningCount"] >= 1:
            # Older tasks may still finish what they hold, protected; the new one is there beside them.
            tell(f"{service['serviceName']}: {newest['runningCount']} of {service['runningCount']} tasks are new")
            return
        pause(every_s)
    raise Refused(f"No worker of the new version in {WORKER_S:.0f} s: quota, Spot, AMI or image.")


def _judged(env: str, name: str, every_s: float, pause: Pause) -> dict[str, Any]:
    """Run the canary until it has a verdict; each run waits for minutes itself."""
    verdict: dict[str, Any] = {"outcome": "failed", "code": "canary_late"}
    for _ in range(round(CALL_S / max(every_s, 1.0))):
        verdict = _sung(env, name)
        if verdict["outcome"] != "waiting":
            return verdict
        pause(every_s)
    return verdict | {"outcome": "failed", "code": "canary_late"}


def _sung(env: str, name: str) -> dict[str, Any]:
    """One run of the function.

    Raises:
        Refused: it broke, which is not the same as a call that failed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        payload, answer = Path(scratch) / "event.json", Path(scratch) / "answer.json"
        payload.write_text(json.dumps({"deploy": name}), "utf-8")
        function = ["--function-name", f"callscribe-{env}-canary:live", "--payload", f"fileb://{payload}"]
        patience = ["--cli-read-timeout", "330"]
        told = aws("lambda", "invoke", *function, *patience, str(answer))
        said = json.loads(answer.read_text("utf-8"))
    if told.get("FunctionError"):
        raise Refused(f"The canary itself broke: {said.get('errorType')}: {said.get('errorMessage')}")
    verdict: dict[str, Any] = said["verdicts"][0]
    return verdict


def _bounds(env: str) -> dict[str, int]:
    named = ["--service-namespace", "ecs", "--resource-ids", _service(env)]
    bounds: dict[str, int] = aws("application-autoscaling", "describe-scalable-targets", *named)["ScalableTargets"][0]
    return bounds


def _bind(env: str, low: int, high: int) -> None:
    named = ["--service-namespace", "ecs", "--scalable-dimension", "ecs:service:DesiredCount"]
    between = ["--min-capacity", str(low), "--max-capacity", str(high)]
    run("aws", "application-autoscaling", "register-scalable-target", *named, "--resource-id", _service(env), *between)


def _service(env: str) -> str:
    return f"service/callscribe-{env}/callscribe-{env}-{LANE}"


if __name__ == "__main__":
    sys.exit(main(asked))
