"""Keeps numpy's matrix products on the thread that asks for them.

OpenBLAS otherwise splits them over every core and spins while it waits. Measured on two busy cores: 49 µs of CPU
for a product that one thread does in 2.3. A job's thread has one core; `Turns` says how many jobs there are.
"""

import ctypes
import sys

# The name in the library that numpy's wheels carry, then that of a system's own.
_SETTERS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")


def one_thread() -> bool:
    """Have every matrix product of this process done by the thread that asks; says whether that was possible."""
    numpy_core = sys.modules["numpy._core._multiarray_umath"].__file__
    linked = ctypes.CDLL(numpy_core)
    setter = next((getattr(linked, name) for name in _SETTERS if hasattr(linked, name)), None)
    if setter is None:
        return False
    setter(1)
    return True
