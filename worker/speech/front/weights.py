"""The weights of the Silero network, out of the ONNX file that faster-whisper carries.

Only as much is read of the two formats as it takes: a walk over protobuf's wire format
(https://protobuf.dev/programming-guides/encoding), and the tensors of an ONNX graph.
"""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from faster_whisper.utils import get_assets_path
from numpy.typing import NDArray

_GRAPH, _INITIALIZER = 7, 5  # field numbers of ModelProto and GraphProto
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9  # of TensorProto
_FLOAT32 = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MORE = 128  # the bit of a byte that says that the number goes on
_END = -1

_Field = tuple[int, int | bytes]


def silero_weights() -> Mapping[str, NDArray[np.float32]]:
    """Give the float tensors of the network by their name in the graph."""
    model = (Path(get_assets_path()) / "silero_vad_v6.onnx").read_bytes()
    graph = _only(_fields(model), _GRAPH)
    tensors = [list(_fields(value)) for field, value in _fields(graph) if field == _INITIALIZER and value]
    return {_only(iter(tensor), _NAME).decode(): _array(tensor) for tensor in tensors if (_TYPE, _FLOAT32) in tensor}


def _array(tensor: list[_Field]) -> NDArray[np.float32]:
    shape = [value for field, value in tensor if field == _DIMS and isinstance(value, int)]
    return np.frombuffer(_only(iter(tensor), _RAW), "<f4").reshape(shape)


def _only(fields: Iterator[_Field], number: int) -> bytes:
    return next(value for field, value in fields if field == number and isinstance(value, bytes))


def _fields(message: int | bytes) -> Iterator[_Field]:
    """Give number and value of each field of a message."""
    assert isinstance(message, bytes)
    stream = io.BytesIO(message)
    for key in iter(lambda: _number(stream), _END):
        kind = key & 7
        if kind == _VARINT:
            yield key >> 3, _number(stream)
        else:
            size = _number(stream) if kind == _BYTES else {_FIXED64: 8, _FIXED32: 4}[kind]
            yield key >> 3, stream.read(size)


def _number(stream: io.BytesIO) -> int:
    """Read a number of seven bits a byte, the lowest first; -1 at the end of the message."""
    value = 0
    for place, byte in enumerate(iter(lambda: stream.read(1), b"")):
        value |= (byte[0] % _MORE) << (7 * place)
        if byte[0] < _MORE:
            return value
    return _END
