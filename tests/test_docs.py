"""What a document promises is what the code does."""

import ast
import re
from pathlib import Path

import pytest
from documents import ROOT, TABLES, filled

from shared.job import Outcome, Status
from shared.telemetry import FACTS

PACKAGES = ("api", "worker", "shared")
WRONG_ANYWHERE = {"chunk", "chunks", "Batch", "lock_timeout", "error_queue", "retry_count", "requeue"}
RIFF_SPEAKS_OF_CHUNKS = {"riff.py", "sources.py"}
DOCUMENTS = [
    "README.md",
    "ARCHITECTURE.md",
    "api/README.md",
    "api/MIGRATING.md",
    "worker/models/callscribe-small/README.md",
]


@pytest.mark.parametrize(("document", "name"), [(d, n) for d, tables in TABLES.items() for n in tables])
def test_a_table_in_a_document_is_the_one_in_the_code(document, name):
    text = (ROOT / document).read_text()

    assert f"<!-- {name} -->" in text
    assert text == filled(text, name, TABLES[document][name]()), "run: .venv/bin/python tests/documents.py"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_to_a_file_leads_somewhere(document):
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_architecture_names_every_outcome_and_state():
    text = (ROOT / "ARCHITECTURE.md").read_text()

    assert [word.value for word in (*Outcome, *Status) if word.value not in text] == []


def test_the_first_screen_of_the_readme_is_forty_lines():
    first_screen = (ROOT / "README.md").read_text().split("\n## ")[0]

    assert len(first_screen.splitlines()) <= 40


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", (ROOT / "README.md").read_text(), flags=re.MULTILINE))

    assert {name for pair in named for name in pair if name} <= targets


def test_every_fact_of_the_log_is_told_somewhere():
    code = [p.read_text() for package in PACKAGES for p in (ROOT / package).rglob("*.py") if "telemetry" not in p.parts]

    assert [fact for fact in FACTS if not any(f'"{fact}"' in text for text in code)] == []


def test_the_words_of_the_field_are_used():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "training" not in path.parts
        for name in _names(path)
        if name in WRONG_ANYWHERE and not (name.startswith("chunk") and path.name in RIFF_SPEAKS_OF_CHUNKS)
    }

    assert found == set()


def test_no_path_of_this_machine_stands_in_a_document():
    assert [document for document in DOCUMENTS if str(ROOT) in (ROOT / document).read_text()] == []


def _names(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
