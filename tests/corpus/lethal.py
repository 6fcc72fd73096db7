"""The decoding process under a second filter: a call that is not on the list is not refused but the end of it.

Started as `python -I lethal.py` it takes the place of the warm process, so that a decoder which so much as tries to
open a file, a socket or a process dies of SIGSYS and says so. Started with the name of an attempt it makes that one:
whoever believes in these deaths can see them.
"""

import os
import platform
import socket
import sys

from worker.audio import seccomp
from worker.audio.child.__main__ import warm_up, work
from worker.audio.child.serving import serve

# What a process needs to seal itself: chdir, prctl, prlimit64, seccomp. Kernel tables as in worker.audio.seccomp.
SEALING = {"x86_64": (80, 157, 302, 317), "aarch64": (49, 167, 261, 277)}

ATTEMPTS = {
    "nothing": lambda: None,
    "open": lambda: os.open("/", os.O_RDONLY),
    "socket": socket.socket,
    "fork": os.fork,
    "exec": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
}


def confine():
    machine = platform.machine()
    seccomp.install(seccomp.allowed() | frozenset(SEALING[machine]), seccomp.KILL)


def work_or_die(order):
    confine()
    work(order)


def main():
    warm_up()
    if len(sys.argv) > 1:
        confine()
        ATTEMPTS[sys.argv[1]]()
        os._exit(0)
    serve(work_or_die)


if __name__ == "__main__":
    main()
