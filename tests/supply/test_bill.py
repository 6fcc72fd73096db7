"""A bill of materials names what a lock holds, what the wheels bundle, and the model, by hash."""

import hashlib
import json

import pytest
from supply import bill
from supply.checks.locks import pins

MODEL = bill.MODELS / "callscribe-small" / "model.bin"


@pytest.fixture(scope="module")
def worker():
    return bill.bill(bill.LOCKS / "worker.txt")


def test_a_bill_names_every_package_with_its_hashes(worker):
    locked = pins((bill.LOCKS / "worker.txt").read_text())

    named = {(part["name"], part["version"]): part for part in worker["components"] if part["type"] == "library"}

    assert set(named) == {(pin.name, pin.version) for pin in locked}
    assert all(part["hashes"] for part in named.values())


def test_a_bill_names_the_model_by_its_bytes(worker):
    (model,) = [part for part in worker["components"] if part["type"] == "machine-learning-model"]

    assert model["hashes"][0]["content"] == hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert {"model.bin", "config.json", "tokenizer.json"} <= {part["name"] for part in model["components"]}


def test_a_bill_names_the_ffmpeg_inside_av(worker):
    inside = [part for av in worker["components"] if av["name"] == "av" for part in av.get("components", [])]

    assert [part["version"] for part in inside if part["name"] == "ffmpeg"]
    assert any(part["name"].startswith("libavcodec") for part in inside)


def test_the_same_tree_makes_the_same_bill(worker):
    assert json.dumps(bill.bill(bill.LOCKS / "worker.txt")) == json.dumps(worker)


def test_no_two_parts_share_a_reference(worker):
    below = [part for whole in worker["components"] for part in (whole, *whole.get("components", []))]

    assert len({part["bom-ref"] for part in below}) == len(below)


def test_the_api_bill_names_what_its_page_brings():
    found = bill.bill(bill.LOCKS / "api.txt")["components"]

    assert [part["purl"] for part in found if part["purl"].startswith("pkg:npm/")] == ["pkg:npm/wavesurfer.js@8.0.1"]
