"""The gate of breaking changes finds each kind of them, and lets what only adds pass."""

import copy
import json

import pytest
from contract.breaking import TODAY, breaks, released

DOCUMENT = json.loads(TODAY.read_text("utf-8"))
SCHEMAS = "components/schemas"
SUBMIT = "paths//v1/jobs/post"
JOB_VIEW, SUBMISSION = f"{SCHEMAS}/JobView", f"{SCHEMAS}/Submission"
REMOVED = object()

BREAKING = {
    "paths//v1/queue": (REMOVED, "GET /v1/queue was removed."),
    "paths//v1/jobs/{job_id}/delete": (REMOVED, "DELETE /v1/jobs/{job_id} was removed."),
    f"{SUBMIT}/operationId": ("send_job", "POST /v1/jobs was renamed in generated clients: submit_job to send_job."),
    f"{SUBMIT}/description": ("Needs the scope `x`.", "POST /v1/jobs asks for another scope: Needs the scope `x`."),
    f"{SUBMIT}/x-codes": ([], "POST /v1/jobs no longer answers with the code queue_full."),
    f"{SUBMIT}/responses/409": ({"headers": {}}, "POST /v1/jobs now answers with the status 409."),
    f"{SUBMIT}/responses/410": (REMOVED, "POST /v1/jobs no longer answers with the status 410."),
    f"{SUBMIT}/responses/202/headers/Location": (REMOVED, "answer 202, no longer has the header Location."),
    f"{SUBMIT}/requestBody/content/multipart~form-data": (REMOVED, "no longer takes multipart/form-data."),
    "paths//v1/jobs/get/parameters/3": (REMOVED, "query parameter lane, was removed."),
    "paths//v1/jobs/get/parameters/3/required": (True, "GET /v1/jobs now requires the query parameter lane."),
    "paths//v1/jobs/get/parameters/0/schema/maximum": (50, "maximum is 50 now, was 100."),
    f"{JOB_VIEW}/properties/reference": (REMOVED, "answer 202/reference was removed."),
    f"{JOB_VIEW}/properties/revision/type": ("string", "answer 200/revision is no longer integer."),
    f"{JOB_VIEW}/properties/id/type": (["string", "null"], "answer 200/id may now be null."),
    f"{JOB_VIEW}/properties/status/enum/6": ("paused", "answer 200/status has the new value paused."),
    f"{JOB_VIEW}/properties/id/pattern": ("^j_", "answer 200/id has another pattern."),
    f"{JOB_VIEW}/required": (["id"], "answer 200/tags may now be absent."),
    f"{SUBMISSION}/properties/lane/enum": (["batch"], "body/lane: the value interactive is no longer taken."),
    f"{SUBMISSION}/properties/lane/default": ("batch", "the default 'interactive' became 'batch'."),
    f"{SUBMISSION}/properties/tags": (REMOVED, "body/tags was removed."),
    f"{SUBMISSION}/properties/tags/maxItems": (3, "body/tags: maxItems is 3 now, was 10."),
    f"{SUBMISSION}/properties/tags/items/pattern": ("^a", "body/tags/[] has another pattern."),
    f"{SUBMISSION}/properties/reference/anyOf": ([{"type": "string"}], "body/reference: null is no longer taken."),
    f"{SUBMISSION}/required": (["audio", "lane"], "body/lane is now required."),
    f"{SUBMISSION}/properties/metadata/additionalProperties": (
        False,
        "body/metadata: other fields are no longer taken.",
    ),
    f"{SCHEMAS}/ErasureRequest/oneOf/2": (REMOVED, "fields that could be given together or alone no longer can."),
    f"{SCHEMAS}/BatchItem/properties/reference/anyOf/0/minLength": (1, "minLength is 1 now, was without limit."),
}
ADDING = {
    "paths//v1/speakers": {"get": {"operationId": "list_speakers"}},
    f"{SUBMIT}/x-codes/99": "budget_spent",
    f"{SUBMIT}/responses/202/headers/Sunset": {},
    "paths//v1/jobs/get/parameters/99": {"in": "query", "name": "speaker", "required": False, "schema": {}},
    "paths//v1/jobs/get/parameters/0/schema/maximum": 500,
    f"{JOB_VIEW}/properties/speakers": {"type": "integer"},
    f"{JOB_VIEW}/required/99": "speakers",
    f"{SUBMISSION}/properties/speakers": {"type": "integer"},
    f"{SUBMISSION}/properties/lane/enum/9": "overnight",
    f"{SUBMISSION}/properties/reference/anyOf/0/maxLength": 256,
    f"{SCHEMAS}/WebhookView/properties/events/items/enum/9": "batch.failed",
    f"{SCHEMAS}/FieldProblem/properties/code/enum/9": "too_short",
}


def changed(path, value):
    """Today's document with `value` at `path`; a step past the end of a list appends."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = steps(path)
    node = document
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list):
        node[int(last) : int(last) + 1] = [] if value is REMOVED else [value]
    elif value is REMOVED:
        del node[last]
    else:
        node[last] = value
    return document


def steps(path):
    """The names on the way; that of a path begins with a slash and ends before its verb."""
    if not path.startswith("paths//"):
        return path.split("/")
    known = sorted(DOCUMENT["paths"], key=len, reverse=True)
    rest = path.removeprefix("paths/")
    name = next((one for one in known if rest == one or rest.startswith(f"{one}/")), rest)
    return ["paths", name, *(s.replace("~", "/") for s in rest.removeprefix(name).split("/") if s)]


@pytest.mark.parametrize(("path", "value", "sentence"), [(path, *rest) for path, rest in BREAKING.items()])
def test_a_breaking_change_is_named(path, value, sentence):
    found = breaks(DOCUMENT, changed(path, value))

    assert any(one.endswith(sentence) for one in found), found


@pytest.mark.parametrize(("path", "value"), ADDING.items())
def test_what_only_adds_breaks_nothing(path, value):
    assert changed(path, value) != DOCUMENT
    assert breaks(DOCUMENT, changed(path, value)) == []


def test_today_breaks_nothing_of_the_release():
    assert breaks(released(), DOCUMENT) == []
