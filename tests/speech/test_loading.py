"""What a model directory must hold before the engine sees it, and the sentences that say what is missing."""

import json

import pytest
from speech import random_model

from shared.errors.transient import EngineFailed, ModelUnavailable
from worker.speech.model import load


@pytest.fixture
def directory(tmp_path):
    return random_model.build(tmp_path / "a-model")


def _change(directory, **fields):
    path = directory / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_model_says_what_it_is(directory):
    model = load(directory)

    assert (model.name, model.device, model.compute_type, model.mels) == ("a-model", "cpu", "int8_float32", 80)
    assert model.languages == random_model.LANGUAGES
    assert len(model.sha256) == 64


def test_a_directory_without_tokenizer_is_refused(directory):
    (directory / "tokenizer.json").unlink()

    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json missing"):
        load(directory)


@pytest.mark.parametrize("field", ["lang_ids", "alignment_heads"])
def test_a_config_without_what_conversion_loses_is_refused(directory, field):
    _change(directory, **{field: []})

    with pytest.raises(ModelUnavailable, match=field):
        load(directory)


def test_an_alignment_head_out_of_range_is_refused(directory):
    """It would kill the process."""
    _change(directory, alignment_heads=[[2, 0]])

    with pytest.raises(ModelUnavailable, match="outside the 2 decoder layers"):
        load(directory)


def test_broken_weights_are_refused(directory):
    weights = (directory / "model.bin").read_bytes()
    (directory / "model.bin").write_bytes(weights[: len(weights) // 2])

    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load(directory)


def test_a_hub_name_is_not_a_directory():
    with pytest.raises(ModelUnavailable, match="names of a hub"):
        load("large-v3-turbo")


def test_a_foreign_language_has_no_tokenizer(directory):
    with pytest.raises(EngineFailed, match="'es'"):
        load(directory).tokenizer("es")


def test_the_shipped_model_keeps_its_contract(shipped):
    assert set(shipped.languages) == {"en", "fr", "de", "it"}
    assert shipped.whisper.model.is_multilingual
