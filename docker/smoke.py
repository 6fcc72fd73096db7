r"""A worker's image hears a known call as it will run: uid 10001, nothing to write to but /tmp, its own model.

docker run --rm -i --read-only --tmpfs /tmp --network none --cap-drop ALL --security-opt no-new-privileges \
    --entrypoint python IMAGE - <docker/smoke.py

Prints what was found as JSON, the words last; exit 1 with a sentence for each thing that is not as it should be.
"""  # noqa: INP001 - handed to an image, no package

import ctypes
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from shared.job import Options
from worker.audio.decode import open_decoder
from worker.speech import manifest
from worker.speech.engine import Engine
from worker.speech.model import NEEDED, load
from worker.speech.progress import Progress
from worker.transcribe import Order, Transcriber

USER = 10_001
CALLS = Path(str(resources.files("api"))) / "console" / "calls"
CALL = "appointment-en"
MAX_WER = 0.20
"""What the canary allows the same call."""
FOREIGN = ("torch", "pytest", "pip")
"""What has no business in an image that runs."""
CUBLAS = "libcublas.so.12"


def main() -> int:
    """Look, listen, tell."""
    folder = Path(os.environ["CALLSCRIBE_MODEL"])  # noqa: TID251 - the image's own word for where its model is
    faults = [*_shell(folder)]
    began = time.monotonic()
    said, heard = _said(), _heard(folder)
    wer = _distance(_words(said), _words(heard)) / len(_words(said))
    if wer > MAX_WER:
        faults.append(f"the word error rate of {CALL} is {wer:.3f}, above {MAX_WER}")
    told = {
        "model": folder.name,
        "python": sys.version.split()[0],
        "packages": len(list(importlib.metadata.distributions())),
        "seconds": round(time.monotonic() - began, 1),
        "wer": round(wer, 3),
        "faults": faults,
        "words": heard,
    }
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return 1 if faults else 0


def _shell(folder: Path) -> Iterator[str]:
    """What is wrong around the code."""
    if os.getuid() != USER:
        yield f"runs as uid {os.getuid()}, not {USER}"
    yield from (f"{place} can be written to" for place in (sys.prefix, folder, "/etc") if os.access(place, os.W_OK))
    yield from (f"{name} is installed" for name in FOREIGN if importlib.util.find_spec(name))
    if not sys.flags.safe_path:
        yield "PYTHONSAFEPATH is not set"
    if importlib.util.find_spec("nvidia"):
        ctypes.CDLL(CUBLAS)
    manifest.check(folder, NEEDED, required=True)


def _said() -> str:
    reference = json.loads((CALLS / f"{CALL}.json").read_text("utf-8"))
    return " ".join(channel["text"] for channel in reference["channels"])


def _heard(folder: Path) -> str:
    """The text of the call, by the whole line: sealed decoder, speech detection, engine, guards."""
    order = Order("job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", 1, None, Options(), 1, "2026-01-15T10:00:10.802Z", "0" * 64, "0")
    engine = Engine(load(folder, "cpu"))
    engine.start()
    with (CALLS / f"{CALL}.mp3").open("rb") as audio:
        made = Transcriber(open_decoder("required"), engine).transcribe(audio, order, Progress()).transcript
    engine.stop()
    return made.text


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _distance(said: list[str], heard: list[str]) -> int:
    """Words to replace, add or leave out; by hand, because a worker's image has no library for it."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row = row, [number]
        for place, other in enumerate(heard, 1):
            row.append(min(row[-1] + 1, before[place] + 1, before[place - 1] + (word != other)))
    return row[-1]


if __name__ == "__main__":
    sys.exit(main())
