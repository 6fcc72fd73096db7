"""Where the files of the corpus lie: each made once, in a folder that goes with the run."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from audio.files import best_decoder
from corpus.entries import Entry
from corpus.measuring import Watched

from worker.audio.decode import Decoder
from worker.audio.forking import COMMAND, ForkServer
from worker.audio.sandbox import Isolation

# Without a playlist's name FFmpeg would not even look at some of these texts.
SUFFIX = ".m3u8"
LETHAL = (COMMAND[0], "-I", str(Path(__file__).with_name("lethal.py")))


@dataclass(frozen=True)
class Library:
    """A folder of files, each named by its number."""

    folder: Path

    def open(self, entry: Entry) -> BinaryIO:
        """Open the file of an entry, made if it is not there yet."""
        path = self.folder / f"{entry.number}{SUFFIX}"
        if not path.exists():
            with path.open("wb") as file:
                entry.write(file)
        return path.open("rb")


def is_sealed() -> bool:
    """Whether the kernel of this machine holds decoding processes in."""
    return best_decoder().isolation is Isolation.KERNEL


@cache
def strict_decoder() -> Decoder:
    """A decoder whose processes die of what they are refused elsewhere, where the kernel does that; it is watched."""
    server = ForkServer(LETHAL) if is_sealed() else best_decoder().starter
    return Decoder(best_decoder().isolation, starter=Watched(server))


@cache
def watched_decoder() -> Decoder:
    """The decoder of production, watched."""
    return Decoder(best_decoder().isolation, starter=Watched(best_decoder().starter))
