"""`make cassette`: applies environments/local.tfvars to moto and writes down what Terraform did."""

import importlib.metadata
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.distil import distilled, fingerprint
from infra.moto import moto
from infra.terraform import ROOT, Terraform, obstacle

from shared.emulator.recording import ENDPOINT, PATH, Recording

TREE = ROOT.parent
KEPT = re.compile(r"aws_(sqs|sns|s3|dynamodb|kms)_\w+")
"""Kinds of resources whose settings are held against the running local stack."""
UNAVAILABLE = 69
"""Exit code when there is no Terraform here (EX_UNAVAILABLE of sysexits.h)."""


def main() -> None:
    """Record, and say what came of it."""
    if reason := obstacle():
        sys.stderr.write(f"{reason}\n")
        sys.exit(UNAVAILABLE)
    with tempfile.TemporaryDirectory(prefix="callscribe-cassette-") as folder:
        recording = record(Path(folder))
    recording.save()
    sys.stdout.write(f"{PATH.relative_to(TREE)}: {len(recording.calls)} calls, {PATH.stat().st_size} bytes\n")


def record(folder: Path) -> Recording:
    """Apply the local environment to a fresh moto: what it takes to do it again without Terraform."""
    raw = folder / "raw.jsonl"
    with moto("--record", str(raw)) as endpoint:
        terraform = Terraform.copied(folder / "infra", endpoint)
        terraform.init()
        state = terraform.apply(Path("environments/local.tfvars"))
    header = header_of(json.loads(json.dumps(state).replace(endpoint, ENDPOINT)))
    return Recording(header, distilled(raw, endpoint, json.dumps(header)))


def header_of(state: Any) -> dict[str, Any]:
    """What the stack says of itself, and what all of it depends on."""
    resources = list(managed(state["values"]["root_module"]))
    return {
        "outputs": {name: output["value"] for name, output in state["values"]["outputs"].items()},
        "functions": _of(resources, "aws_lambda_function", "function_name", ("handler", "timeout", "memory_size")),
        "mappings": _of(
            resources, "aws_lambda_event_source_mapping", "event_source_arn", ("function_name", "batch_size")
        ),
        "schedules": _of(resources, "aws_scheduler_schedule", "name", ("schedule_expression", "target")),
        "routes": _of(resources, "aws_api_gateway_resource", "id", ("rest_api_id", "path")),
        "gateway_responses": _of(
            resources, "aws_api_gateway_gateway_response", "id", ("status_code", "response_templates")
        ),
        "resources": {one["address"]: one["values"] for one in resources if KEPT.fullmatch(one["type"])},
        "versions": versions(),
        "hash": current_hash(),
    }


def managed(module: Any) -> Iterator[Any]:
    """Every resource of a state or plan, those of modules included."""
    yield from (one for one in module.get("resources", []) if one["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from managed(child)


def _of(resources: list[Any], kind: str, key: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """The resources of a kind by one of their fields, with a few others."""
    found = (one["values"] for one in resources if one["type"] == kind)
    return {values[key]: {field: values[field] for field in fields} for values in found}


def versions() -> dict[str, str]:
    """What the recording was made with, as far as it changes it."""
    pin = re.search(r'version = "= ([\d.]+)"', (ROOT / "versions.tf").read_text("utf-8"))
    assert pin is not None, "the provider is pinned exactly"
    return {"hashicorp/aws": pin[1], "moto": importlib.metadata.version("moto")}


def sources() -> list[Path]:
    """The files that a recording depends on: the root module, the local environment, and what stands in for AWS."""
    stack = [path for pattern in ("*.tf", "*.tftpl", "modules/**/*.tf*") for path in ROOT.glob(pattern)]
    stand_in = [path for pattern in ("shims/*.py", "moto_*.py") for path in PATH.parent.glob(pattern)]
    return [*stack, ROOT / "environments" / "local.tfvars", *stand_in]


def current_hash() -> str:
    """The hash that a recording of the tree as it is would have."""
    return fingerprint(sources(), TREE, versions())
