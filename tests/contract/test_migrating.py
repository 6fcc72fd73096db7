"""api/MIGRATING.md leads nobody astray: each field, value, header and route that it calls ours is in openapi.json."""

import json
import re
from pathlib import Path

import pytest

import api
from api.contract.codes import WARNING_CODES
from api.contract.submission import Submission
from shared.transcript import Transcript

HOME = Path(api.__file__).parent
GUIDE = (HOME / "MIGRATING.md").read_text("utf-8")
OPENAPI = json.loads((HOME / "openapi.json").read_text("utf-8"))
SCHEMAS = OPENAPI["components"]["schemas"]
ROOTS = ("Submission", "JobView", "Transcript", "Problem", "ErasureView")
EXAMPLE = Path(__file__).parents[1] / "transcript" / "example.json"
VENDORS = ("AWS Transcribe", "AssemblyAI", "Deepgram", "Gladia", "Speechmatics", "OpenAI")
JSON_BLOCKS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
OURS = [block for block in JSON_BLOCKS if "audio" in json.loads(block)]
ROUTE = re.compile(r"(GET|POST|PATCH|DELETE) (/v1/[^?]*)\??(.*)")


def named_as_ours() -> list[str]:
    """What stands in backticks in the columns "Callscribe"."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", GUIDE, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        if "Callscribe" in rows[0]:
            column = rows[0].index("Callscribe")
            found += [name for row in rows[2:] for name in re.findall("`([^`]+)`", row[column])]
    return sorted(set(found))


def alternatives(schema) -> list[dict]:
    """The schemas that `schema` may stand for."""
    if "$ref" in schema:
        return alternatives(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
    return [end for part in schema["anyOf"] for end in alternatives(part)] if "anyOf" in schema else [schema]


def inner(schema, step: str) -> list[dict]:
    """What `step` leads to: a field, or with [] an item of a list."""
    name = step.removesuffix("[]")
    fields = [end["properties"][name] for end in alternatives(schema) if name in end.get("properties", {})]
    if step == name:
        return fields
    return [end["items"] for field in fields for end in alternatives(field) if "items" in end]


def leads_somewhere(path: str) -> bool:
    ends = [SCHEMAS[root] for root in ROOTS]
    for step in path.split("."):
        ends = [end for schema in ends for end in inner(schema, step)]
    return bool(ends)


def is_route(verb: str, path: str, query: str) -> bool:
    operation = OPENAPI["paths"].get(path, {}).get(verb.lower(), {})
    return bool(operation) and set(filter(None, query.split("&"))) <= parameters(operation, "query")


def parameters(operation, place: str) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == place}


def values(node) -> set[str]:
    """Every word that the description allows somewhere as a value."""
    if isinstance(node, list):
        return {value for item in node for value in values(item)}
    if not isinstance(node, dict):
        return set()
    own = {word for word in [*node.get("enum", []), node.get("const"), node.get("default")] if isinstance(word, str)}
    return own | {value for item in node.values() for value in values(item)}


def is_ours(name: str) -> bool:
    if route := ROUTE.fullmatch(name):
        return is_route(*route.groups())
    if name.startswith('"'):
        return name.strip('"') in values(SCHEMAS) | set(WARNING_CODES)
    headers = {
        header for path in OPENAPI["paths"].values() for verb in path.values() for header in parameters(verb, "header")
    }
    return name in headers or leads_somewhere(name)


@pytest.mark.parametrize("name", named_as_ours())
def test_what_is_called_ours_exists(name):
    assert is_ours(name)


@pytest.mark.parametrize(
    "name",
    [
        "utterances[].wrods",
        "utterances[].words.start",
        "text.length",
        '"done"',
        "GET /v1/jobz",
        "POST /v1/jobs?wait",
        "Idempotency",
    ],
)
def test_what_does_not_exist_is_noticed(name):
    assert not is_ours(name)


def test_every_vendor_has_a_table_of_fields():
    sections = dict(part.split("\n", 1) for part in GUIDE.split("\n## ")[1:])

    assert [vendor for vendor in VENDORS if "| Callscribe |" not in sections[vendor]] == []
    assert len(named_as_ours()) > 80


@pytest.mark.parametrize("block", OURS)
def test_a_request_of_ours_is_accepted(block):
    assert Submission.model_validate_json(block).audio


def test_the_worked_example_says_the_same_twice():
    theirs, ours = (json.loads(block) for block in JSON_BLOCKS)

    assert ours["audio"]["s3_uri"] == theirs["Media"]["MediaFileUri"]
    assert ours["reference"] == theirs["TranscriptionJobName"]
    assert ours["options"]["language_candidates"] == [code[:2] for code in theirs["LanguageOptions"]]


def test_a_reader_of_assemblyai_reads_a_transcript_of_ours():
    code = {}
    exec(re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)[1], code)
    transcript = Transcript.model_validate_json(EXAMPLE.read_text("utf-8"))

    read = code["as_assemblyai"](transcript.model_dump(mode="json"))

    assert read["utterances"][0]["end"] == round(transcript.utterances[0].end * 1000)
    assert [word["text"] for word in read["utterances"][0]["words"]] == read["utterances"][0]["text"].split()
    assert len(read["words"]) == sum(len(said.words) for said in transcript.utterances)


def test_the_files_it_leads_to_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", GUIDE)

    assert [link for link in links if not (HOME / link).exists()] == []
