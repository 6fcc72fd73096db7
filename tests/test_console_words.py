"""What the page says: every text in four languages, every code of the contract in words, and no text for nothing."""

import json
import re
from collections import Counter
from typing import get_args

import pytest
from documents import ROOT

from api.contract.codes import WARNING_CODES
from api.contract.jobs import JobView
from shared.errors import jobs, requests, transient
from shared.errors.root import CallscribeError

CONSOLE = ROOT / "api" / "console"
WORDS = sorted((CONSOLE / "words").glob("*.js"))
CODE = sorted(path for path in CONSOLE.rglob("*.js") if path.parent.name not in {"words", "vendor"})
LANGUAGES = 4
PLURALS = {"one", "other"}
TOLD_BY_THE_PAGE_ALONE = {"unreachable"}

# What stands between the texts of a table and JSON; texts come first, so that nothing within one is taken for it.
NOT_JSON = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*")
      | /\*.*?\*/ | import\b[^;]*; | \.\.\.\w+,? | ; | ,(?=\s*[}\]])
      | (?P<form>\b(?:one|other)\b)(?=:)""",
    re.VERBOSE | re.DOTALL,
)
KEY = re.compile(r"""(?<![\w.])"([a-z_]+(?:\.\w+)+)\"""")
TEMPLATE = re.compile(r"say\(`([^`]+)`")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def tables_of(text):
    """Give each table of a part as (name, [(key, texts), …]); one that holds anything but texts is refused."""
    bare = NOT_JSON.sub(lambda match: f'"{match["form"]}"' if match["form"] else match["text"] or "", text)
    bare = re.sub(r'"\s*\+\s*"', "", bare)  # a long text in two parts
    names, bodies = re.findall(r"export const (\w+) = ", bare), re.split(r"export const \w+ = ", bare)[1:]
    return list(zip(names, map(entries_of, bodies), strict=True))


def entries_of(body):
    """Read a table, and keep what stands in it twice."""
    return json.loads(body, object_pairs_hook=lambda pairs: dict(pairs) if pairs and pairs[0][0] in PLURALS else pairs)


TABLES = [table for path in WORDS for table in tables_of(path.read_text())]
ENTRIES = [entry for _, entries in TABLES for entry in entries]
DICTIONARY = {key for key, _ in ENTRIES if "." in key}
CODES = {key for key, _ in ENTRIES if "." not in key}


def forms(told):
    return list(told.values()) if isinstance(told, dict) else [told]


def errors():
    modules = {jobs.__name__, requests.__name__, transient.__name__}
    return {kind.code for kind in descendants(CallscribeError) if kind.__module__ in modules}


def descendants(kind):
    return {kind}.union(*(descendants(each) for each in kind.__subclasses__()))


def said(pattern):
    return {found for path in CODE for found in pattern.findall(path.read_text())}


def keys_of(template):
    """Give the keys that a template literal may come to: each of its holes is one word."""
    shape = re.compile(r"\w+".join(map(re.escape, re.split(r"\$\{[^}]*\}", template))))
    return {key for key in DICTIONARY if shape.fullmatch(key)}


def test_every_text_is_there_in_four_languages():
    lacking = [
        key
        for key, texts in ENTRIES
        if len(texts) != LANGUAGES or not all(form.strip() for told in texts for form in forms(told))
    ]

    assert lacking == []


def test_a_plural_has_the_forms_that_the_page_knows():
    plurals = [(key, told) for key, texts in ENTRIES for told in texts if isinstance(told, dict)]

    assert [key for key, told in plurals if set(told) != PLURALS] == []


def test_all_languages_name_the_same_values():
    differing = [
        key
        for key, texts in ENTRIES
        if len({frozenset(PLACEHOLDER.findall(" ".join(forms(told)))) for told in texts}) != 1
    ]

    assert differing == []


def test_no_text_is_written_twice():
    assert [key for key, count in Counter(key for key, _ in ENTRIES).items() if count > 1] == []


def test_every_table_is_part_of_the_dictionary():
    joined = " ".join(path.read_text() for path in [*WORDS, CONSOLE / "core" / "words.js"])

    assert [name for name, _ in TABLES if not re.search(rf"\.\.\.{name}\b|\b{name}\[", joined)] == []


def test_every_error_and_warning_has_words():
    assert errors() | set(WARNING_CODES) | TOLD_BY_THE_PAGE_ALONE <= CODES


def test_no_words_are_kept_for_a_code_that_is_gone():
    assert errors() | set(WARNING_CODES) | TOLD_BY_THE_PAGE_ALONE >= CODES


@pytest.mark.parametrize("field", ["status", "stage", "lane"])
def test_every_word_of_a_job_can_be_said(field):
    words = {word for part in (JobView.model_fields[field].annotation,) for word in literals(part)}

    assert {f"{field}.{word}" for word in words} <= DICTIONARY


def literals(annotation):
    parts = get_args(annotation)
    return {part for part in parts if isinstance(part, str)}.union(
        *(literals(part) for part in parts if get_args(part))
    )


def test_every_key_that_the_page_asks_for_is_there():
    parts = {key.split(".")[0] for key in DICTIONARY}
    asked = {key for key in said(KEY) if key.split(".")[0] in parts}

    assert asked - DICTIONARY == set()
    assert [template for template in said(TEMPLATE) if not keys_of(template)] == []


def test_every_text_is_said_somewhere():
    asked = said(KEY).union(*map(keys_of, said(TEMPLATE)))

    assert DICTIONARY - asked == set()
