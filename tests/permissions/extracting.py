"""Takes the policies out of Terraform's plan, so that they can be tested where there is no Terraform."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.moto import moto
from infra.terraform import ROOT, Terraform

THE_KEY = "the key of the environment"
"""The one resource that has no ARN before it exists."""
OF_THE_KEY = "data.aws_iam_policy_document.key["


def planned(env: str = "local") -> Any:
    """The plan of an environment before an empty moto."""
    with moto() as endpoint, tempfile.TemporaryDirectory(prefix="callscribe-rights-") as folder:
        terraform = Terraform.copied(Path(folder) / "infra", endpoint)
        terraform.init()
        return terraform.plan(Path("environments") / f"{env}.tfvars")


def sources_sha256(infra: Path = ROOT) -> str:
    """The hash of all files that say who may do what."""
    digest = hashlib.sha256()
    for path in sorted(infra.glob("iam*.tf")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def extracted(plan: Any) -> dict[str, Any]:
    """Roles and managed policies by name: who may take a role, and its statements, by policy."""
    planned = {one["address"]: one.get("values", {}) for one in plan["planned_values"]["root_module"]["resources"]}
    return {
        "sources_sha256": sources_sha256(),
        "trust": {
            values["name"]: _normal(json.loads(values["assume_role_policy"]))
            for address, values in planned.items()
            if address.startswith("aws_iam_role.")
        },
        "policies": dict(sorted(_policies(planned))),
    }


def _policies(planned: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each policy as `<role>/<policy>`, a managed one by its name alone."""
    for address, values in planned.items():
        match address.split(".")[0]:
            case "aws_iam_role_policy":
                owner, name = values["role"], f"{values['role']}/{values['name']}"
            case "aws_iam_policy":
                owner, name = values["name"].removesuffix("-key"), values["name"]
            case _:
                continue
        known = values.get("policy")
        yield name, _normal(json.loads(known)) if known else _of_the_key(planned, owner)


def _of_the_key(planned: Any, owner: str) -> list[Any]:
    """A policy about the key is known only in part: its statement is, but for the key itself."""
    asked = {address.split('"')[1]: values["statement"] for address, values in planned.items() if OF_THE_KEY in address}
    (told,) = (statements for name, statements in asked.items() if owner.endswith(f"-{name}"))
    return [
        {
            "Sid": one["sid"],
            "Effect": "Allow",
            "Action": sorted(one["actions"]),
            "Resource": [THE_KEY],
            "Condition": {test["test"]: {test["variable"]: sorted(test["values"])} for test in one["condition"]},
        }
        for one in told
    ]


def _normal(document: Any) -> list[Any]:
    """The statements of a policy with every list as a sorted list: AWS takes one value without brackets."""
    return [
        {name: value if name in ("Sid", "Effect") else _listed(value) for name, value in statement.items()}
        for statement in document["Statement"]
    ]


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    return sorted(value) if isinstance(value, list) else [value]
