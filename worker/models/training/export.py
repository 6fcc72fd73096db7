"""Writes a trained net as a CTranslate2 model that faster-whisper loads, in int8.

The specification is filled by hand: the converter of `transformers` loses the language ids
and the alignment heads.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from ctranslate2.specs import WhisperSpec

from worker.models.training import text, vocabulary
from worker.models.training.losses import LOOKING_AHEAD
from worker.models.training.net import Net, Shape

if TYPE_CHECKING:
    from ctranslate2.specs import common_spec, transformer_spec

    from worker.models.training.net import Attention, Block

EMPTY = "<|empty|>"
# How the worker packs windows for this model, which has learned single utterances best.
PACKING = {"window_s": 10.0, "pause_s": 0.3}
MANIFEST = "sha256.json"
FILES = ("tokenizer.json", "vocabulary.json", "config.json", "model.bin")


def load_net(checkpoint: Path) -> Net:
    """Read the averaged weights of a checkpoint, of the training or in half precision."""
    saved = torch.load(checkpoint, map_location="cpu")
    weights = {name: weight.float() for name, weight in saved["average"].items()}
    net = Net(Shape(len(weights["tokens.weight"]), len(weights["phones.weight"])))
    net.load_state_dict(weights)
    return net.eval()


def save_half(checkpoint: Path, path: Path) -> None:
    """Write the averaged weights alone, in half precision, to be kept or to go on from."""
    saved = torch.load(checkpoint, map_location="cpu")
    weights = {name: weight.half() for name, weight in saved["average"].items()}
    torch.save({"average": weights, "step": saved["step"]}, path)


def export(checkpoint: Path, tokenizer: Path, folder: Path) -> None:
    """Write the model's directory; each file is replaced as a whole."""
    words = vocabulary.load(tokenizer)
    net = load_net(checkpoint)
    spec = specify(net, words)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        spec.save(draft)
        words.tokenizer.save(str(Path(draft) / "tokenizer.json"), pretty=False)
        check(Path(draft), words, net.shape)
        sums = {name: hashlib.sha256((Path(draft) / name).read_bytes()).hexdigest() for name in FILES}
        (Path(draft) / MANIFEST).write_text(json.dumps(sums, indent=1) + "\n", "utf-8")
        for name in (*FILES, MANIFEST):
            (Path(draft) / name).rename(folder / name)


def check(folder: Path, words: vocabulary.Vocabulary, shape: Shape) -> None:
    """Assert what kills or silently spoils a process that loads the model."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    entries = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    languages = [words.id_of(f"<|{language}|>") for language in text.LANGUAGES]
    assert config["lang_ids"] == languages, config["lang_ids"]
    assert config["alignment_heads"], "word times need alignment heads"
    for layer, head in config["alignment_heads"]:
        assert 0 <= layer < shape.decoder_layers, layer
        assert 0 <= head < shape.heads, head
    assert "" in entries, "multilingual needs the empty string"
    assert entries[-1] == "<|30.00|>", entries[-1]


def specify(net: Net, words: vocabulary.Vocabulary) -> WhisperSpec:
    """Fill the specification of a net and quantise it."""
    shape = net.shape
    spec = WhisperSpec(shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads)
    _linear(spec.encoder.conv1, net.conv1)
    _linear(spec.encoder.conv2, net.conv2)
    spec.encoder.position_encodings.encodings = _array(net.positions)
    for layer, block in zip(spec.encoder.layer, net.encoder, strict=True):
        _block(layer, block)
    _linear(spec.encoder.layer_norm, net.encoder_norm, norm=True)
    spec.decoder.embeddings.weight = _array(net.table())
    spec.decoder.position_encodings.encodings = _array(net.places)
    for layer, block in zip(spec.decoder.layer, net.decoder, strict=True):
        _block(layer, block)
        _linear(layer.attention.layer_norm, block.cross_norm, norm=True)
        _cross(layer.attention.linear, block.cross)
    _linear(spec.decoder.layer_norm, net.decoder_norm, norm=True)
    spec.decoder.projection.weight = _array(net.table())
    _configure(spec, words)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _configure(spec: WhisperSpec, words: vocabulary.Vocabulary) -> None:
    spec.register_vocabulary(["" if entry == EMPTY else entry for entry in words.entries()])
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [words.id_of(f"<|{language}|>") for language in text.LANGUAGES]
    spec.config.alignment_heads = [list(pair) for pair in LOOKING_AHEAD]
    spec.config.add_attribute("packing", PACKING)


def _block(layer: transformer_spec.TransformerEncoderLayerSpec, block: Block) -> None:
    attention = block.attention
    _linear(layer.self_attention.layer_norm, block.norm, norm=True)
    fused, out = layer.self_attention.linear
    _fuse(fused, attention, ("query", "key", "value"))
    _linear(out, attention.out)
    _linear(layer.ffn.layer_norm, block.feed_norm, norm=True)
    _linear(layer.ffn.linear_0, block.widen)
    _linear(layer.ffn.linear_1, block.narrow)


def _cross(linears: list[common_spec.LinearSpec], attention: Attention) -> None:
    query, fused, out = linears
    _linear(query, attention.query)
    _fuse(fused, attention, ("key", "value"))
    _linear(out, attention.out)


def _fuse(spec: common_spec.LinearSpec, attention: Attention, names: tuple[str, ...]) -> None:
    """Stack projections as CTranslate2 wants them; Whisper's keys have no bias."""
    layers = [getattr(attention, name) for name in names]
    spec.weight = np.concatenate([_array(layer.weight) for layer in layers])
    width = len(layers[0].weight)
    biases = [np.zeros(width, "float32") if one.bias is None else _array(one.bias) for one in layers]
    spec.bias = np.concatenate(biases)


def _linear(spec: common_spec.LinearSpec, layer: torch.nn.Module, *, norm: bool = False) -> None:
    if norm:
        spec.gamma, spec.beta = _array(layer.weight), _array(layer.bias)
    else:
        spec.weight, spec.bias = _array(layer.weight), _array(layer.bias)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy().astype("float32")
