"""The engines of the benchmark: the shipped model, random weights, and the cost model behind the real front end."""

import dataclasses
from pathlib import Path

import numpy as np
from benchmarks.engines.cost import Cost, CostModel
from ctranslate2 import get_supported_compute_types
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor

from worker.speech.model import SpeechModel, load, shipped_model
from worker.speech.windows import WHOLE

PRODUCTION_MELS = 128
TEXT_TOKENS = 90
CPU_INT8 = "int8" in get_supported_compute_types("cpu")


def shipped(threads: int = 1) -> SpeechModel:
    """The model that ships, as the worker loads it."""
    return load(shipped_model(), "cpu", "int8" if CPU_INT8 else "default", threads)


def modelled(cost: Cost) -> tuple[SpeechModel, CostModel]:
    """A model that costs what `cost` says: tokenizer of the shipped one, spectra of 128 bands as turbo wants them."""
    known = shipped()
    network = CostModel(cost, words(known), known.languages, PRODUCTION_MELS)
    whisper = WhisperModel(str(shipped_model()), device="cpu", local_files_only=True)
    whisper.model = network
    whisper.feature_extractor = FeatureExtractor(feature_size=PRODUCTION_MELS)
    model = dataclasses.replace(known, name=cost.name, mels=PRODUCTION_MELS, packing=WHOLE, whisper=whisper)
    return model, network


def words(model: SpeechModel) -> list[int]:
    """Token ids of 90 different words: varied enough that no guard takes them for a loop."""
    vocabulary = model.whisper.hf_tokenizer.get_vocab()
    words = sorted(
        index for token, index in vocabulary.items() if token[0] == "Ġ" and token[1:].isascii() and len(token) > 4
    )
    return [int(index) for index in np.random.default_rng(7).permutation(words)[:TEXT_TOKENS]]


def weights_bytes(directory: Path) -> int:
    """What has to be read from disk before a model can speak."""
    return sum(path.stat().st_size for path in directory.iterdir() if path.is_file())
