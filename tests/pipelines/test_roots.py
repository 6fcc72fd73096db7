"""What is applied by hand: bootstrap and the machine image; and whether the deploy role may make all that infra/ holds."""

import re
from pathlib import Path

import pytest
from infra.moto import moto
from infra.terraform import Terraform, obstacle

ROOT = Path(__file__).parents[2] / "infra"
BY_HAND = ("bootstrap", "ami")
SERVICES = {  # a resource's name begins with → IAM's name of the service
    "api_gateway": "apigateway", "appautoscaling": "application-autoscaling", "autoscaling": "autoscaling",
    "budgets": "budgets", "cloudtrail": "cloudtrail", "cloudwatch_event": "events", "cloudwatch_log": "logs",
    "cloudwatch_query": "logs", "cloudwatch": "cloudwatch", "default_security_group": "ec2", "dynamodb": "dynamodb",
    "ecs": "ecs", "eip": "ec2", "flow_log": "ec2", "iam": "iam", "internet_gateway": "ec2", "kms": "kms",
    "lambda": "lambda", "launch_template": "ec2", "nat_gateway": "ec2", "route": "ec2", "s3": "s3",
    "scheduler": "scheduler", "secretsmanager": "secretsmanager", "security_group": "ec2", "sns": "sns", "sqs": "sqs",
    "subnet": "ec2", "vpc": "ec2", "wafv2": "wafv2",
}  # fmt: skip
REPOSITORY = '-var=repository={owner="example",owner_id=11,name="callscribe",id=22}'
DEPLOYING = (ROOT / "bootstrap" / "deploying.tf").read_text("utf-8")
GRANTED = set(re.findall(r"\b([a-z0-9-]+):[A-Z]", DEPLOYING)) | set(
    re.findall(r'"([a-z0-9]+):\$\{action\}"', DEPLOYING)
)
"""Services of which single actions are named; those of which all is allowed are keys of a map."""


def kinds() -> set[str]:
    texts = [path.read_text("utf-8") for folder in (ROOT, ROOT / "modules") for path in _sources(folder)]
    return {kind for text in texts for kind in re.findall(r'^resource "aws_([a-z0-9_]+)"', text, re.MULTILINE)}


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.tf")) + sorted(folder.glob("*/*.tf") if folder.name == "modules" else [])


def service_of(kind: str) -> str:
    return SERVICES[max((name for name in SERVICES if kind.startswith(name)), key=len)]


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_deploy_role_may_make_what_there_is(kind):
    service = service_of(kind)

    assert service in GRANTED or re.search(rf"^\s+{service}\s+= \[", DEPLOYING, re.MULTILINE)


@pytest.mark.parametrize("root", BY_HAND)
def test_one_provider_is_used_everywhere(root):
    pinned = [
        re.findall(r'version = "(= [0-9.]+)"', (ROOT / part / "versions.tf").read_text("utf-8")) for part in ("", root)
    ]

    assert pinned[0] == pinned[1]


@pytest.mark.parametrize("root", BY_HAND)
def test_each_variable_says_what_it_holds(root):
    text = (ROOT / root / "variables.tf").read_text("utf-8")

    count = text.count('variable "')

    assert count == len(re.findall(r'^  description = ".{30,}', text, re.MULTILINE))


def test_roles_carry_the_boundary_where_it_is_asked_for():
    roles = "".join(path.read_text("utf-8") for path in ROOT.glob("iam*.tf"))
    default = re.search(
        r'"roles_carry_boundary".*?default\s+= (\w+)', (ROOT / "bootstrap/variables.tf").read_text(), re.DOTALL
    )

    assert default is not None
    assert (default[1] == "true") is ("permissions_boundary" in roles)


@pytest.mark.infra_full
def test_bootstrap_is_made_on_the_emulator_and_removed(tmp_path):
    if reason := obstacle():
        pytest.skip(reason)
    with moto() as endpoint:
        terraform = Terraform.copied(tmp_path / "bootstrap", endpoint, ROOT / "bootstrap")
        terraform.init()

        made = terraform.run("apply", "-auto-approve", "-parallelism=10", REPOSITORY)
        again = terraform.attempt("plan", "-detailed-exitcode", "-lock=false", REPOSITORY)
        gone = terraform.run("destroy", "-auto-approve", "-parallelism=10", REPOSITORY)

    assert "role/callscribe-deploy-prod" in made
    assert again.code == 0, again.output
    assert "Destroy complete!" in gone


@pytest.mark.infra
@pytest.mark.parametrize("root", BY_HAND)
def test_what_is_applied_by_hand_keeps_its_promises(root, tmp_path):
    if reason := obstacle():
        pytest.skip(reason)
    terraform = Terraform.copied(tmp_path / root, source=ROOT / root)
    terraform.init()

    terraform.run("validate")

    assert "0 failed" in terraform.run("test")
