"""A Whisper model of random weights, built in a second: for mechanics, never for words.

What it does not imitate: its text is junk, its language is a coin, its alignment heads follow nothing.
The file contract is the real one: vocabulary order, `lang_ids`, `alignment_heads`, the empty string
in the vocabulary that makes a model multilingual for CTranslate2 4.7 and later.
"""

import json

import numpy as np
import tokenizers
from ctranslate2.specs import WhisperSpec

LANGUAGES = ("en", "fr", "de", "it")
TEXT = "bonjour madame the service calls back on monday guten tag buongiorno il contratto oui non yes no"
WIDTH, HEADS, LAYERS, ENCODER_LAYERS, MELS = 64, 2, 2, 1, 80
TIMESTAMPS = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]


def build(directory, seed=4, quantization="int8"):
    """Write model.bin, config.json, vocabulary.json and tokenizer.json into `directory`, and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    tokens = _save_tokenizer(directory / "tokenizer.json")
    rng = np.random.default_rng(seed)
    spec = WhisperSpec(ENCODER_LAYERS, HEADS, LAYERS, HEADS)
    _fill_encoder(spec.encoder, rng)
    _fill_decoder(spec.decoder, rng, tokens)
    spec.register_vocabulary(tokens)
    spec.config.lang_ids = [tokens.index(f"<|{code}|>") for code in LANGUAGES]
    spec.config.alignment_heads = [(LAYERS - 1, head) for head in range(HEADS)]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("<|endoftext|>")]
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(directory))
    (directory / "vocabulary.json").write_text(json.dumps(tokens), encoding="utf-8")
    return directory


def _save_tokenizer(path):
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = tokenizers.decoders.ByteLevel()
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=alphabet, show_progress=False, min_frequency=1
    )
    bpe.train_from_iterator([" " + TEXT], trainer)
    bpe.add_special_tokens(["", *_specials()])
    ids = bpe.get_vocab()
    tokens = sorted(ids, key=ids.get)
    # The library refuses the empty string as a token; CTranslate2 wants it just before the end of text.
    if "" not in tokens:
        end = tokens.index("<|endoftext|>")
        filler = "<|unused|>"
        bpe = tokenizers.Tokenizer.from_str(_with_filler(json.loads(bpe.to_str()), filler, end))
        tokens.insert(end, "")
    bpe.save(str(path))
    return tokens


def _with_filler(tree, filler, end):
    for token in tree["added_tokens"]:
        token["id"] += token["id"] >= end
    entry = dict(tree["added_tokens"][0], id=end, content=filler)
    tree["added_tokens"].insert(0, entry)
    tree["model"]["vocab"] = {k: v for k, v in tree["model"]["vocab"].items() if v < end}
    return json.dumps(tree)


def _specials():
    tasks = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    return ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES), *tasks, *TIMESTAMPS]


def _matrix(rng, rows, columns):
    return (rng.standard_normal((rows, columns)) * 1.5 / np.sqrt(columns)).astype(np.float32)


def _linear(layer, rng, rows, columns):
    layer.weight = _matrix(rng, rows, columns)
    layer.bias = np.zeros(rows, np.float32)


def _norm(layer):
    layer.gamma = np.ones(WIDTH, np.float32)
    layer.beta = np.zeros(WIDTH, np.float32)


def _self_attention(attention, rng):
    _norm(attention.layer_norm)
    _linear(attention.linear[0], rng, 3 * WIDTH, WIDTH)
    _linear(attention.linear[1], rng, WIDTH, WIDTH)


def _feed_forward(ffn, rng):
    _norm(ffn.layer_norm)
    _linear(ffn.linear_0, rng, 2 * WIDTH, WIDTH)
    _linear(ffn.linear_1, rng, WIDTH, 2 * WIDTH)


def _fill_encoder(encoder, rng):
    for conv, width in ((encoder.conv1, MELS), (encoder.conv2, WIDTH)):
        conv.weight = (rng.standard_normal((WIDTH, width, 3)) / np.sqrt(3 * width)).astype(np.float32)
        conv.bias = np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = (rng.standard_normal((1500, WIDTH)) * 0.3).astype(np.float32)
    _norm(encoder.layer_norm)
    for layer in encoder.layer:
        _self_attention(layer.self_attention, rng)
        _feed_forward(layer.ffn, rng)


def _fill_decoder(decoder, rng, tokens):
    decoder.embeddings.weight = rng.standard_normal((len(tokens), WIDTH)).astype(np.float32)
    decoder.position_encodings.encodings = rng.standard_normal((448, WIDTH)).astype(np.float32)
    decoder.projection.weight = _matrix(rng, len(tokens), WIDTH)
    decoder.projection.bias = _bias(tokens)
    decoder.scale_embeddings = False
    _norm(decoder.layer_norm)
    for layer in decoder.layer:
        _self_attention(layer.self_attention, rng)
        _norm(layer.attention.layer_norm)
        for linear, rows in zip(layer.attention.linear, (WIDTH, 2 * WIDTH, WIDTH), strict=True):
            _linear(linear, rng, rows, WIDTH)
        _feed_forward(layer.ffn, rng)


def _bias(tokens):
    """Ban all but words, languages and the end, and make the end likely enough for short texts."""
    bias = np.full(len(tokens), -1e4, np.float32)
    for index, token in enumerate(tokens):
        if (token.isascii() and token.isalpha()) or token.startswith("Ġ"):
            bias[index] = 2.0 if token.startswith("Ġ") else 0.0
    for token in ("<|endoftext|>", "<|nospeech|>", *(f"<|{code}|>" for code in LANGUAGES)):
        bias[tokens.index(token)] = 2.5 if token == "<|endoftext|>" else 0.0
    return bias
