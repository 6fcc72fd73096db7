"""The decoder opens nothing: shown by a kernel that would end it, and by neighbours that nobody touched.

The texts are given to every demuxer by hand, as if the first bytes had not been looked at.
"""

import signal
import socket
import subprocess
import sys
import tempfile

import pytest
from audio.files import best_decoder, encoded
from corpus.canary import canary
from corpus.families.boxes import pointing
from corpus.families.texts import hostile
from corpus.library import LETHAL, strict_decoder

from shared.containers import Container
from shared.errors.jobs import JobError
from worker.audio.decode import Decoder
from worker.audio.parent import Order, decode_in_child
from worker.audio.sandbox import Isolation
from worker.audio.sources import Source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who opened a file")

LIMITED = Decoder(Isolation.LIMITS, starter=best_decoder().starter)


@pytest.fixture
def neighbour(tmp_path):
    """A recording of somebody else, under a name that the texts can spell."""
    path = tmp_path / "neighbour.wav"
    path.write_bytes(encoded("wav", "pcm_s16le", 8_000))
    with canary(path) as watched:
        yield watched


def let_through(data, container, decoder):
    """What a demuxer makes of a file that the sniffer would have refused: a code, or "completed"."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        order = Order(decoder.isolation, decoder.max_duration_s, Source(container, 0, len(data)))
        try:
            decode_in_child(file.fileno(), order, decoder.starter)
        except JobError as error:
            return error.code
    return "completed"


def texts_of(watched):
    texts = hostile(watched.file, watched.port) | pointing(watched.file, watched.port)
    return {number: text[:100_000] for number, (_, text) in texts.items()}


@pytest.mark.needs_seccomp
@pytest.mark.parametrize("attempt", ["open", "socket", "fork", "exec"])
def test_an_attempt_is_a_death(attempt):
    process = subprocess.run([*LETHAL, attempt], check=False)

    assert process.returncode == -signal.SIGSYS


@pytest.mark.needs_seccomp
def test_who_attempts_nothing_lives():
    process = subprocess.run([*LETHAL, "nothing"], check=False)

    assert process.returncode == 0


@pytest.mark.needs_seccomp
@pytest.mark.parametrize("container", Container)
def test_no_demuxer_attempts_what_a_text_asks(container, neighbour):
    decoder = strict_decoder()
    decoder.starter.ended.clear()

    outcomes = {let_through(text, container, decoder) for text in texts_of(neighbour).values()}

    assert "completed" not in outcomes
    assert -signal.SIGSYS not in {ended.status for ended in decoder.starter.ended.values()}


@pytest.mark.parametrize("container", Container)
def test_no_demuxer_follows_a_text_without_the_kernels_help(container, neighbour):
    outcomes = {let_through(text, container, LIMITED) for text in texts_of(neighbour).values()}

    assert "completed" not in outcomes
    assert neighbour.sang() == []


def test_the_canary_sings(neighbour):
    neighbour.file.read_bytes()
    with socket.create_connection(("127.0.0.1", neighbour.port)):
        heard = neighbour.sang()

    assert heard == ["its file was opened", "somebody connected"]
