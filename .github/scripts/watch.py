#!/usr/bin/env python3
"""Watch one environment while new functions take a tenth of its calls: exit 1 when `degraded` starts to ring."""

import argparse
import sys
import threading

from cloud import Pause, Refused, aws, main, tell

RINGING = "ALARM"


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("env")
    words.add_argument("--seconds", type=float, default=300.0)
    words.add_argument("--every", type=float, default=15.0)
    given = words.parse_args()
    watch(given.env, round(given.seconds / max(given.every, 1.0)), given.every, threading.Event().wait)


def watch(env: str, looks: int, every_s: float, pause: Pause) -> None:
    """Look `looks` times.

    Raises:
        Refused: the alarm rings now and did not before: the new version did it, or came at a bad moment.
    """
    name = f"callscribe-{env}-degraded"
    if _state(name) == RINGING:
        # It rang before the new version can have rung it: what is deployed may be what mends it.
        tell(f"{name} rings already: not watched")
        return
    for _ in range(looks):
        pause(every_s)
        if _state(name) == RINGING:
            raise Refused(f"{name} rings: the roll-out stops.")
    tell(f"{name} stayed silent")


def _state(name: str) -> str:
    """The state of a composite alarm.

    Raises:
        Refused: there is no such alarm, so nothing would stop a bad version.
    """
    told = aws("cloudwatch", "describe-alarms", "--alarm-names", name, "--alarm-types", "CompositeAlarm")
    if not told["CompositeAlarms"]:
        raise Refused(f"There is no alarm {name}.")
    return str(told["CompositeAlarms"][0]["StateValue"])


if __name__ == "__main__":
    sys.exit(main(asked))
