"""A lock holds exact versions by hash and nothing else, and nothing is installed past it."""

import pytest
from supply.checks import here
from supply.checks.locks import OURSELVES, faults, pins, unhashed, unmet
from supply.tools import ROOT

ONE, TWO = f"    --hash=sha256:{'a' * 64}", f"    --hash=sha256:{'b' * 64}"
GOOD = f"av==18.1.0 ; python_full_version < '3.12' \\\n{ONE} \\\n{TWO}\nsix==1.17.0 \\\n{ONE}\n"
BROKEN = {
    "a range": GOOD.replace("six==1.17.0", "six>=1.17"),
    "any version": GOOD.replace("six==1.17.0", "six"),
    "a wildcard": GOOD.replace("1.17.0", "1.*"),
    "no hash": GOOD.replace(f" \\\n{ONE}\n", "\n"),
    "hashes broken off": GOOD.removesuffix(f"{ONE}\n"),
    "the next pin where a hash is due": GOOD.replace(f"{TWO}\n", ""),
    "a weak hash": GOOD.replace("sha256:b", "md5:b"),
    "a short hash": GOOD.replace("b" * 64, "b" * 63),
    "an index": f"--index-url http://example.com/simple\n{GOOD}",
    "one more index": f"--extra-index-url https://example.com/simple\n{GOOD}",
    "files found elsewhere": f"--find-links wheels\n{GOOD}",
    "an address": f"{GOOD}odd @ https://example.com/odd-1.0.tar.gz \\\n{ONE}\n",
    "a path": f"{GOOD}./odd \\\n{ONE}\n",
    "an editable": f"-e .\n{GOOD}",
    "another file": f"-r more.txt\n{GOOD}",
}


def test_pins_with_their_hashes_are_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_not_an_exact_pin_by_hash_is_a_fault(text):
    assert faults(text)


def test_a_pin_knows_its_version_marker_and_hashes():
    av, six = pins(GOOD)

    assert (av.name, av.version, av.marker) == ("av", "18.1.0", "python_full_version < '3.12'")
    assert (six.marker, six.sha256s) == ("", ("a" * 64,))


@pytest.mark.parametrize("requirement", ["six>=1.18", "soxr>=1.0", "av==18"])
def test_a_requirement_that_the_lock_does_not_meet_is_named(requirement):
    assert [fault.partition(":")[0] for fault in unmet([requirement], pins(GOOD))] == [requirement]


def test_requirements_that_the_lock_meets_are_no_fault():
    assert list(unmet(["Six >= 1.0", "av[extra]>=18"], pins(GOOD))) == []


@pytest.mark.parametrize(
    "command",
    ["pip install boto3", "uv pip install --upgrade -r docker/lock/api.txt", "pip3 install .", "pip install -e ."],
)
def test_an_installation_without_hashes_is_named(command):
    assert unhashed(f"\t@{command}\n")


def test_an_installation_by_hash_and_ourselves_alone_are_no_fault():
    assert unhashed(f"pip install --require-hashes -r docker/lock/api.txt\npip install -q {OURSELVES}\n") == []


def test_our_locks_and_installations_have_no_fault():
    assert here.locks(ROOT) == []
