"""A model that changed by one byte is refused before the first call."""

import hashlib
import json
import shutil

import pytest

from shared.errors.transient import ModelUnavailable
from worker.speech.manifest import NAME, check
from worker.speech.model import NEEDED, shipped_model


@pytest.fixture
def model(tmp_path):
    folder = shutil.copytree(shipped_model(), tmp_path / "model")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NEEDED}
    (folder / NAME).write_text(json.dumps(sums))
    return folder


def test_a_model_as_it_was_made_is_taken(model):
    check(model, NEEDED, required=True)


@pytest.mark.parametrize("name", NEEDED)
def test_a_flipped_byte_is_refused(model, name):
    content = bytearray((model / name).read_bytes())
    content[len(content) // 2] ^= 1
    (model / name).write_bytes(content)

    with pytest.raises(ModelUnavailable, match=name):
        check(model, NEEDED, required=True)


def test_a_file_outside_the_manifest_is_refused(model):
    (model / NAME).write_text("{}")

    with pytest.raises(ModelUnavailable, match=r"model\.bin"):
        check(model, NEEDED, required=True)


def test_a_missing_manifest_is_refused_where_one_is_due(model):
    (model / NAME).unlink()

    check(model, NEEDED, required=False)
    with pytest.raises(ModelUnavailable):
        check(model, NEEDED, required=True)
