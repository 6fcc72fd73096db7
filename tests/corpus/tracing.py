"""The decoding processes under strace: which of the calls that they have no use for they made."""

import re
import shutil
import sys
from collections import Counter
from pathlib import Path

from audio.files import best_decoder
from corpus.measuring import Watched

from worker.audio.decode import Decoder
from worker.audio.forking import COMMAND, ForkServer

FORBIDDEN = (
    "open,openat,openat2,creat,socket,socketpair,connect,bind,listen,accept,accept4,sendto,sendmsg,recvfrom,recvmsg,"
    "clone,clone3,fork,vfork,execve,execveat,io_uring_setup,io_uring_enter,ptrace,memfd_create,pidfd_open,unlink,"
    "unlinkat,rename,renameat2,mkdir,mkdirat,mknod,link,linkat,symlink,symlinkat,mount"
)


class Tracer:
    """A warm process under strace, whose forks are told from it by their numbers."""

    def __init__(self, folder: Path) -> None:
        """Keep what strace says in `folder`."""
        self._told = folder / "strace"
        strace = shutil.which("strace")
        if strace is None:
            sys.exit("corpus: --trace needs strace, which is not on the PATH")
        command = (strace, "-f", "-qq", "-o", str(self._told), "-e", f"trace={FORBIDDEN},prctl", *COMMAND)
        self.decoder = Decoder(best_decoder().isolation, starter=Watched(ForkServer(command)))
        self.processes = 0

    def calls(self) -> dict[str, int]:
        """The forbidden calls of all forks, by name. Each fork makes itself known by its first call, a prctl."""
        lines = [re.match(r"(\d+) +(\w+)\(", line) for line in self._told.read_text().splitlines()]
        found = [(match[1], match[2]) for match in lines if match]
        warm = found[0][0]
        self.processes = len({process for process, _ in found if process != warm})
        return dict(Counter(name for process, name in found if process != warm and name != "prctl"))
