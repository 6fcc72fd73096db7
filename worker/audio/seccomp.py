"""The kernel's filter for the decoding process: a short list of calls, everything else refused.

Built with ctypes alone: no library, no privilege. The filter is installed by seccomp(2) with TSYNC, because
numpy may have started a thread that a filter of the calling thread alone would leave free.
"""

import ctypes
import errno
import platform
import struct
import sys
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_FILTER_FLAG_TSYNC = 1
KILL = 0x8000_0000  # SECCOMP_RET_KILL_PROCESS
REFUSE = 0x0005_0000 | errno.EPERM  # SECCOMP_RET_ERRNO
_RETURN_ALLOW = 0x7FFF_0000
# Classic BPF: load a word of seccomp_data, jump if equal, jump if greater or equal, return.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32_BIT = 0x4000_0000

# Numbers from the kernel's arch/x86/entry/syscalls/syscall_64.tbl.
_X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60,
    "getrusage": 98, "sigaltstack": 131, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
    "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
    "exit_group": 231, "set_robust_list": 273, "getrandom": 318, "rseq": 334,
}  # fmt: skip
# Numbers from the kernel's include/uapi/asm-generic/unistd.h.
_AARCH64 = {
    "close": 57, "lseek": 62, "read": 63, "write": 64, "pread64": 67, "ppoll": 73, "fstat": 80, "exit": 93,
    "exit_group": 94, "futex": 98, "set_robust_list": 99, "nanosleep": 101, "clock_gettime": 113,
    "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124,
    "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
    "getrusage": 165, "getpid": 172, "gettid": 178, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222,
    "mprotect": 226, "madvise": 233, "getrandom": 278, "rseq": 293,
}  # fmt: skip


class _Machine(NamedTuple):
    """A machine: its AUDIT_ARCH in the kernel, the number of seccomp(2), the calls that are let through."""

    architecture: int
    seccomp: int
    calls: dict[str, int]


_MACHINES = {"x86_64": _Machine(0xC000_003E, 317, _X86_64), "aarch64": _Machine(0xC000_00B7, 277, _AARCH64)}


class _Program(ctypes.Structure):
    """The kernel's struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def seal() -> None:
    """Give up, for every thread and for good, all calls that are not on the list.

    Raises:
        OSError: this kernel or machine has no such filter, or refuses it.
    """
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        raise OSError(errno.ENOSYS, "no filter for this system")
    install(allowed(), REFUSE)


def allowed() -> frozenset[int]:
    """Give the numbers of the calls that the decoding process may make on this machine."""
    return frozenset(_MACHINES[platform.machine()].calls.values())


def install(numbers: frozenset[int], otherwise: int) -> None:
    """Let through the calls of these `numbers`, and do `otherwise` about any other, `REFUSE` or `KILL`.

    Filters add up: of several the hardest verdict counts.

    Raises:
        OSError: the kernel refuses the filter.
        KeyError: there is none for this machine.
    """
    machine = _MACHINES[platform.machine()]
    code = _instructions(machine.architecture, sorted(numbers), otherwise)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs refused")
    # With TSYNC a positive answer is the id of a thread that could not be sealed.
    if libc.syscall(machine.seccomp, _SECCOMP_SET_MODE_FILTER, _FILTER_FLAG_TSYNC, ctypes.byref(program)):
        raise OSError(ctypes.get_errno(), "filter refused")


def _instructions(architecture: int, numbers: list[int], otherwise: int) -> bytes:
    """Assemble the filter: 8 bytes an instruction (struct sock_filter)."""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, KILL),
    ]
    left = len(numbers)
    steps += [(_JUMP_EQUAL, left - index, 0, number) for index, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, otherwise), (_RETURN, 0, 0, _RETURN_ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
