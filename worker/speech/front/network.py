"""The Silero network, computed with numpy: equal to the ONNX graph within 1e-4, in half of the CPU.

Measured: 30 µs a frame of 32 ms, onnxruntime 58. Its convolutions see four positions at a time, which is
too little for a library made for pictures, and a Fourier transform does what its first one does.
Here each layer is one product of matrices over a block of frames.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.speech.front.blas import one_thread
from worker.speech.front.weights import silero_weights

CONTEXT = 64  # samples before a frame that the network hears with it
HEARD = CONTEXT + 512
CELLS = 128
FFT = 256
HOP = 128
BANDS = FFT // 2 + 1
QUIET_LINE = 10 ** (-72 / 20)  # of full scale
QUIET_FRAMES = 200  # 6.4 s

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the network remembers of the frames before, two arrays of shape (128,); nothing at first."""

    h: Floats
    c: Floats


NOTHING = Memory(np.zeros(CELLS, np.float32), np.zeros(CELLS, np.float32))


@functools.lru_cache
def network() -> "Network":
    """Give the one network of this process; it holds no state, so any number of threads may share it."""
    return Network()


@functools.lru_cache
def at_rest() -> Memory:
    """Give what the network remembers after 6.4 s of a quiet line: the same noise for every call."""
    noise = np.random.default_rng(1).standard_normal((QUIET_FRAMES, HEARD)) * QUIET_LINE
    return network().hear(noise.astype(np.float32), NOTHING)[1]


class Network:
    """Four convolutions over the spectrum of a frame, then a recurrent layer over the frames."""

    def __init__(self) -> None:
        """Lay the weights out for products of matrices."""
        one_thread()
        weights = silero_weights()
        layers = [f"encoder.conv_layers.{index}" for index in range(4)]
        kernels = [weights[f"{layer}.weight"] for layer in layers]
        self._window = weights["encoder.feature_extractor.forward_basis_buffer"][0, 0]
        self._left, self._right = _matrix(kernels[0], 3, (0, 1)), _matrix(kernels[0], 3, (1, 2))
        self._layers = (_matrix(kernels[1], 4, (0, 2)), _matrix(kernels[2], 2, (0,)), _matrix(kernels[3], 1, (0,)))
        biases = [weights[f"{layer}.bias"] for layer in layers]
        self._first_bias = np.tile(biases[0], 4)
        self._biases = (np.tile(biases[1], 2), biases[2], biases[3])
        # A sigmoid is a hyperbolic tangent of half the argument: one call then serves all four gates.
        scale = np.repeat(np.array([0.5, 1], np.float32), (3 * CELLS, CELLS))
        self._input = np.ascontiguousarray((weights["onnx::LSTM_209"][0] * scale[:, None]).T)
        self._recurrent = np.ascontiguousarray(weights["onnx::LSTM_210"][0] * scale[:, None])
        self._gate_bias = weights["onnx::LSTM_211"].reshape(2, -1).sum(0) * scale
        self._output = weights["decoder.conv1d.weight"].reshape(CELLS)
        self._output_bias = weights["decoder.conv1d.bias"]

    def hear(self, frames: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """Give the probability of speech of frames that follow each other, and what is remembered then.

        Args:
            frames: float32 in [-1, 1], shape (n, 576): 512 samples each and the 64 before them.
            memory: of the frame before the first.

        Returns:
            float32, shape (n,); the memory after the last frame.
        """
        cells, memory = self._remembered(self._encoded(frames) @ self._input + self._gate_bias, memory)
        return 1 / (1 + np.exp(-(np.maximum(cells, 0) @ self._output + self._output_bias))), memory

    def _encoded(self, frames: Floats) -> Floats:
        spectrum = self._spectrum(frames)
        heard = np.empty((len(frames), 4 * CELLS), np.float32)
        # A kernel reaches one position to each side, so half of the outputs need three of the four inputs.
        np.matmul(spectrum[:, : 3 * BANDS], self._left, out=heard[:, : 2 * CELLS])
        np.matmul(spectrum[:, BANDS:], self._right, out=heard[:, 2 * CELLS :])
        heard = _rectified(heard, self._first_bias)
        for matrix, bias in zip(self._layers, self._biases, strict=True):
            heard = _rectified(heard @ matrix, bias)
        return heard

    def _spectrum(self, frames: Floats) -> Floats:
        """Give the magnitudes at four positions of each frame, shape (n, 4 * 129); its end is mirrored."""
        mirrored = np.concatenate([frames, frames[:, -2 : -2 - CONTEXT : -1]], axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(mirrored, FFT, axis=1)[:, ::HOP]
        spectrum = np.fft.rfft(windows * self._window)
        power = spectrum.real**2
        power += spectrum.imag**2
        return np.sqrt(power, out=power).reshape(len(frames), 4 * BANDS)

    def _remembered(self, gates: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """Run the recurrent layer; every step writes into the same few arrays, which is most of its speed."""
        cells = np.empty((len(gates), CELLS), np.float32)
        h, c, fresh = memory.h, memory.c.copy(), np.empty(CELLS, np.float32)
        all_gates = np.empty(4 * CELLS, np.float32)
        let_in, let_out, keep, new = np.split(all_gates, 4)
        sigmoids, half = all_gates[: 3 * CELLS], np.float32(0.5)
        for given, out in zip(gates, cells, strict=True):
            np.dot(self._recurrent, h, out=all_gates)
            np.add(all_gates, given, out=all_gates)
            np.tanh(all_gates, out=all_gates)
            np.multiply(sigmoids, half, out=sigmoids)
            np.add(sigmoids, half, out=sigmoids)
            np.multiply(keep, c, out=c)
            np.multiply(let_in, new, out=fresh)
            np.add(c, fresh, out=c)
            np.tanh(c, out=fresh)
            np.multiply(let_out, fresh, out=out)
            h = out
        return cells, Memory(h, c)


def _rectified(heard: Floats, bias: Floats) -> Floats:
    heard += bias
    return np.maximum(heard, 0, out=heard)


def _matrix(kernel: Floats, inputs: int, centres: tuple[int, ...]) -> Floats:
    """Write a convolution of width 3 as one matrix.

    Args:
        kernel: shape (outputs, channels, 3).
        inputs: how many positions come in.
        centres: the positions that outputs are centred on; what lies outside of the input is zero.

    Returns:
        float32, shape (inputs * channels, len(centres) * outputs).
    """
    outputs, channels, _ = kernel.shape
    matrix = np.zeros((inputs, channels, len(centres), outputs), np.float32)
    for column, centre in enumerate(centres):
        for place in range(max(centre - 1, 0), min(centre + 2, inputs)):
            matrix[place, :, column] = kernel[:, :, place - centre + 1].T
    return matrix.reshape(inputs * channels, len(centres) * outputs)
