"""What the Terraform source promises, as far as it can be read without Terraform."""

import re
from collections import Counter

import pytest
from infra.reading import blocks, runs
from infra.terraform import ROOT

VARIABLES = dict(blocks("variable"))


def conditions():
    """Address of what fails, and how many rules stand there: validations, preconditions, checks."""
    for (name,), body in VARIABLES.items():
        yield f"var.{name}", len(body.get("validation", []))
    for labels, body in blocks("resource"):
        rules = [rule for life in body.get("lifecycle", []) for rule in life.get("precondition", [])]
        yield ".".join(labels), len(rules)
    for (name,), body in blocks("check"):
        yield f"check.{name}", len(body.get("assert", []))


def expected_failures():
    """How many runs expect each address to fail."""
    named = (address for *_, body in runs() for address in body.get("expect_failures", []))
    return Counter(re.sub(r"^\$\{|\[.*|\}$", "", address) for address in named)


@pytest.mark.parametrize(("address", "rules"), [row for row in conditions() if row[1]])
def test_each_rule_is_seen_to_refuse(address, rules):
    assert expected_failures()[address] >= rules


def test_there_are_rules_to_refuse():
    assert sum(rules for _, rules in conditions()) >= 20


@pytest.mark.parametrize("name", [name for (name,) in VARIABLES])
def test_a_variable_says_what_it_holds(name):
    body = VARIABLES[(name,)]

    assert "type" in body
    assert len(body["description"]) > 12


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.tf")), ids=lambda path: path.name)
def test_nothing_is_made_or_not_by_a_switch(path):
    assert not re.search(r"^\s*count\s*=\s*var\.", path.read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.tf"), *ROOT.glob("modules/*/*.tf")]), ids=lambda path: path.name)
def test_production_knows_no_emulator(path):
    text = path.read_text("utf-8").lower()

    assert not re.search(r"emulator|moto\b|ministack|localhost|127\.0\.0\.1", text)


def test_run_names_are_unique_sentences():
    names = [name for _, name, _ in runs()]

    assert len(names) == len(set(names)) > 30
    assert [name for name in names if not re.fullmatch(r"[a-z0-9_]+", name) or "_" not in name] == []
