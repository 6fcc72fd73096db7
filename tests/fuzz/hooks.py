"""What the fuzzer is told of this API, and the tally of what it sent (`schemathesis.toml` names this module)."""

import atexit
import itertools
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis

LONG_WAITS = {str(seconds) for seconds in range(2, 21)}
MAX_CURSOR = 1_024
GOOD_KEY = re.compile("[!-~]{1,100}")
WAV = "RIFF$\0\0\0WAVEfmt " + "\0" * 40
ROUND = os.environ.get("FUZZ_ROUND", "0")  # noqa: TID251 - how the program that we are loaded into is told
S3_URI = os.environ.get("FUZZ_S3_URI", "s3://sales-calls-eu/call-8842.wav")  # noqa: TID251 - as above
SELDOM = 8
"""Such a part of the requests goes out as it was made."""
DEPLOYMENT = {"bucket_not_allowed", "audio_not_found", "url_not_allowed", "idempotency_key_reused", "cursor_invalid"}
"""Refusals of what is well formed: this deployment, or what was sent before, forbids it."""
UNSAYABLE = re.compile(
    "not_supported .*|bad_string .*|too_long /metadata|not_allowed /options/channels/roles|not_allowed /items/[0-9]+"
    "|out_of_range .*/(deadline_at|created_after|created_before)"
)
"""Code and pointer of what no schema can foretell: sums, comparisons, and what other objects say."""

SERVED: dict[str, dict[str, Any]] = {
    "model": {"enum": ["default"]},
    "language": {"enum": ["auto", "en", "fr", "de", "it"]},
    "language_candidates": {"items": {"enum": ["auto", "en", "fr", "de", "it"]}},
    "s3_uri": {"enum": [S3_URI]},
    "url": {"enum": ["https://hooks.example.com/callscribe", "http://127.0.0.1:9/callscribe"]},
}
"""What a local deployment serves: the contract leaves it open, and fuzzing beyond it meets one refusal only."""

numbers = itertools.count(1)
tally: Counter[tuple[str, int]] = Counter()
excused: Counter[str] = Counter()


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Narrow what only a deployment can: its models, its languages, addresses that lead outside."""
    for schema in raw_schema["components"]["schemas"].values():
        if schema.get("additionalProperties") is False:
            for name, field in schema["properties"].items():
                parts = [field, *field.get("anyOf", [])]
                next((part for part in parts if part.get("type") in ("string", "array")), {}).update(
                    SERVED.get(name, {})
                )


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Keep one kind of refusal from hiding all others: mostly new keys, seldom a cursor, and no long polls."""
    number = next(numbers)
    if number % SELDOM and GOOD_KEY.fullmatch(str((case.headers or {}).get("Idempotency-Key", ""))):
        case.headers["Idempotency-Key"] += f"-{ROUND}-{number}"
    query = case.query if isinstance(case.query, dict) else {}
    if number % SELDOM and len(str(query.get("cursor", ""))) <= MAX_CURSOR:
        query.pop("cursor", None)
    if str(query.get("wait", "")) in LONG_WAITS:
        query["wait"] = 1
    case.body = _as_numbers(case.body)
    is_good = case.meta and not any(part.mode.is_negative for part in case.meta.components.values())
    if is_good and number % SELDOM and case.media_type == "multipart/form-data":
        case.body = {**case.body, "audio": WAV}


def _as_numbers(body: Any) -> Any:
    """`body` with 40.0 as 40: JSON Schema sees one number there, we see two."""
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, list):
        return [_as_numbers(part) for part in body]
    return {name: _as_numbers(part) for name, part in body.items()} if isinstance(body, dict) else body


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count it."""
    name = case.operation.definition.raw.get("operationId", case.operation.label)
    tally[name if case.method.upper() == case.operation.method.upper() else "other method", response.status_code] += 1


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether `failure` is one; what is refused for a reason that the schema cannot hold is none."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    problem = json.loads(response.content)
    if problem["code"] in DEPLOYMENT or all(map(_is_unsayable, problem["errors"] or [{}])):
        excused[problem["code"]] += 1
        return False
    return True


def _is_unsayable(error: dict[str, str]) -> bool:
    return bool(UNSAYABLE.fullmatch(f"{error.get('code')} {error.get('pointer')}"))


@atexit.register
def write_tally() -> None:
    """Leave the tally where the caller looks for it."""
    place = os.environ.get("FUZZ_TALLY")  # noqa: TID251 - how the program that we are loaded into is told
    if place:
        answers = [[name, status, count] for (name, status), count in sorted(tally.items())]
        Path(place).write_text(json.dumps({"answers": answers, "excused": excused}), "utf-8")
