"""The speech model: find it, check it, load it. A directory is the only place it is loaded from here.

The checks stand before the first call, because the engine does not forgive: a directory without
tokenizer.json asks a hub for one, and an alignment head that does not exist kills the process.
"""

import hashlib
import json
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper import __version__ as engine_version
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from shared.errors.transient import EngineFailed, ModelUnavailable
from worker.speech import manifest
from worker.speech.windows import Packing

NEEDED = ("model.bin", "config.json", "tokenizer.json")
SHIPPED = "callscribe-small"
HEADER_BYTES = 4_000_000  # more than the names and sizes of any model's first layers take
ENGINE = "faster-whisper"
LANGUAGE_TOKEN = re.compile(r"<\|([a-z]{2,3})\|>")


@dataclass(frozen=True, slots=True, eq=False)
class SpeechModel:
    """A loaded model and what a transcript says of it. `whisper` belongs to the engine thread alone.

    `packing` is how it wants its windows: full, unless `config.json` says that it was trained on less.
    """

    name: str
    sha256: str
    languages: tuple[str, ...]
    compute_type: str
    device: str
    engine_version: str
    mels: int
    packing: Packing
    suppressed: tuple[int, ...]
    tokenizers: Mapping[str, Tokenizer]
    whisper: Any

    def tokenizer(self, language: str) -> Tokenizer:
        """Give the tokenizer that prompts for `language`.

        Raises:
            EngineFailed: the model was not trained on it; CTranslate2 itself would ignore the wish in silence.
        """
        if language not in self.tokenizers:
            known = ", ".join(self.languages)
            raise EngineFailed(f"The model {self.name} does not know the language {language!r}; it knows {known}.")
        return self.tokenizers[language]


def load(location: str | Path, device: str = "cpu", compute_type: str = "default", threads: int = 1) -> SpeechModel:
    """Load the model of a directory.

    Args:
        location: a directory in faster-whisper's form (CTranslate2).
        device: `cpu` or `cuda`.
        compute_type: as CTranslate2 names it; not bfloat16, whose encoder output cannot be cut into rows.
        threads: CPU threads of one engine call.

    Raises:
        ModelUnavailable: with a sentence that says what to do.
    """
    directory = Path(location)
    _check(directory)
    if "bfloat16" in compute_type:
        raise ModelUnavailable("The compute type bfloat16 is not supported. Use float16 or int8_float16 instead.")
    try:
        whisper = WhisperModel(
            str(directory), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
    except (RuntimeError, ValueError) as error:
        raise ModelUnavailable(f"The model in {directory} cannot be loaded: {error}") from error
    return _described(directory, whisper)


def shipped_model() -> Path:
    """Find the directory of the model that ships with the worker.

    Raises:
        ModelUnavailable: this installation holds none.
    """
    directory = Path(str(resources.files("worker"))) / "models" / SHIPPED
    if not (directory / "model.bin").is_file():
        raise ModelUnavailable(
            f"No model is installed at {directory}. Install the complete package, or name a model directory."
        )
    return directory


def _check(directory: Path) -> None:
    missing = [name for name in NEEDED if not (directory / name).is_file()]
    if missing:
        raise ModelUnavailable(
            f"{directory} is not a usable model directory: {', '.join(missing)} missing. "
            "Name a local directory in CTranslate2 form; names of a hub and s3:// prefixes are not loaded."
        )
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    for field in ("lang_ids", "alignment_heads"):
        if not config.get(field):
            raise ModelUnavailable(
                f"config.json in {directory} has no {field}. Convert the model again, or copy it from the source."
            )
    manifest.check(directory, NEEDED, required=directory == shipped_model())
    layers = _decoder_layers(directory / "model.bin")
    if any(not 0 <= layer < layers for layer, _head in config["alignment_heads"]):
        raise ModelUnavailable(
            f"config.json in {directory} names a head outside the {layers} decoder layers. Correct alignment_heads."
        )


def _decoder_layers(weights: Path) -> int:
    """Count the decoder layers by the names in model.bin, which stand as plain text before their values."""
    with weights.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = re.findall(rb"decoder/layer_(\d+)/", content)
    return max((int(number) for number in found), default=-1) + 1


def _described(directory: Path, whisper: WhisperModel) -> SpeechModel:
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    tokens = (whisper.hf_tokenizer.id_to_token(index) or "" for index in config["lang_ids"])
    languages = tuple(match[1] for match in map(LANGUAGE_TOKEN.fullmatch, tokens) if match)
    if not languages or not whisper.model.is_multilingual:
        raise ModelUnavailable(f"The model in {directory} has no language tokens. Use a multilingual model.")
    spoken = {code: Tokenizer(whisper.hf_tokenizer, True, "transcribe", code) for code in languages}  # noqa: FBT003 - its parameter
    with (directory / "model.bin").open("rb") as weights:
        sha256 = hashlib.file_digest(weights, "sha256").hexdigest()
    return SpeechModel(
        name=directory.resolve().name,
        sha256=sha256,
        languages=languages,
        compute_type=str(whisper.model.compute_type),
        device=str(whisper.model.device),
        engine_version=engine_version,
        mels=int(whisper.model.n_mels),
        packing=Packing(**config.get("packing", {})),
        suppressed=tuple(get_suppressed_tokens(spoken[languages[0]], [-1])),
        tokenizers=spoken,
        whisper=whisper,
    )
