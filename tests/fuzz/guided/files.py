"""A file for readers that want a descriptor: the same one each time, with other bytes in it."""

import os
import tempfile
from functools import cache
from pathlib import Path


@cache
def _descriptor():
    """A file without a name, open as long as the process."""
    descriptor, path = tempfile.mkstemp()
    Path(path).unlink()
    return descriptor


def as_file(data):
    """A descriptor of a file that holds `data` until the next call."""
    os.ftruncate(_descriptor(), 0)
    os.pwrite(_descriptor(), data, 0)
    return _descriptor()
