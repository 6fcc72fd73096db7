"""Terraform as the tests run it: on a copy, against an emulator or mocks, with no account and no state of ours."""

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2] / "infra"
PROVIDER = "hashicorp/aws 5.100.0"
NO_PROVIDER = f"no Terraform provider: set TF_PLUGIN_MIRROR to a folder holding {PROVIDER}"
NO_TERRAFORM = "terraform is not on PATH"
HERE = dict(os.environ)  # noqa: TID251 - a composition root
LIMIT_S = 900.0
PARALLELISM = 10
QUIET = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0"}
SERVICES = (
    "apigateway", "appautoscaling", "autoscaling", "budgets", "cloudtrail", "cloudwatch", "dynamodb", "ec2", "ecr", "ecs",
    "events", "iam", "kms", "lambda", "logs", "resourcegroupstaggingapi", "s3", "s3control", "scheduler", "secretsmanager",
    "sns", "sqs", "ssm", "sts", "wafv2",
)  # fmt: skip
OVERRIDE = """
terraform {{
  backend "local" {{}}
}}

provider "aws" {{
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  skip_requesting_account_id  = false
  s3_use_path_style           = true
  max_retries                 = 2

  endpoints {{
{endpoints}
  }}
}}
"""


class TerraformFailed(Exception):
    """Terraform ended with an error; the message is what it printed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run of Terraform that is over; code -9 if it took too long."""

    code: int
    output: str


def obstacle(environment: dict[str, str] = HERE) -> str | None:
    """Why Terraform cannot run here; None if it can, or if it must (CALLSCRIBE_REQUIRE_TERRAFORM)."""
    if environment.get("CALLSCRIBE_REQUIRE_TERRAFORM"):
        return None
    if shutil.which("terraform", path=environment.get("PATH")) is None:
        return NO_TERRAFORM
    has_config = Path(environment.get("TF_CLI_CONFIG_FILE") or "/nonexistent").is_file()
    return None if environment.get("TF_PLUGIN_MIRROR") or has_config else NO_PROVIDER


@dataclass(frozen=True, slots=True)
class Terraform:
    """One root module in a folder of its own."""

    folder: Path

    @classmethod
    def copied(cls, to: Path, endpoint: str | None = None, source: Path = ROOT) -> "Terraform":
        """A copy of the root module, made to speak to the emulator at `endpoint`; without one, to nobody."""
        shutil.copytree(source, to, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", "emulator_override.tf"))
        lines = [f'    {service:<24} = "{endpoint}"' for service in SERVICES if endpoint]
        (to / "emulator_override.tf").write_text(OVERRIDE.format(endpoints="\n".join(lines)), "utf-8")
        return cls(to)

    def init(self) -> None:
        """Link the provider."""
        mirror = HERE.get("TF_PLUGIN_MIRROR")
        self.run("init", *([f"-plugin-dir={mirror}"] if mirror else []))

    def run(self, command: str, *arguments: str, limit_s: float = LIMIT_S) -> str:
        """What it printed.

        Raises:
            TerraformFailed: it ended with an error or took too long.
        """
        ended = self.attempt(command, *arguments, limit_s=limit_s)
        if ended.code != 0:
            raise TerraformFailed(f"terraform {command} ended with {ended.code}:\n{ended.output}")
        return ended.output

    def attempt(self, command: str, *arguments: str, limit_s: float = LIMIT_S) -> Ended:
        """Run it to its end, which may be an error; with its provider, which would outlive it on a closed pipe."""
        process = subprocess.Popen(
            ["terraform", f"-chdir={self.folder}", command, "-no-color", *arguments],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Ended(-signal.SIGKILL, process.communicate()[0])
        return Ended(process.returncode, output)

    def plan(self, tfvars: Path, *arguments: str) -> Any:
        """The plan of an environment, as JSON."""
        self.run("plan", f"-var-file={tfvars}", "-out=plan", f"-parallelism={PARALLELISM}", "-lock=false", *arguments)
        return json.loads(self.run("show", "-json", "plan"))

    def apply(self, tfvars: Path) -> Any:
        """Build it: the state as JSON."""
        self.run("apply", f"-var-file={tfvars}", "-auto-approve", f"-parallelism={PARALLELISM}")
        return json.loads(self.run("show", "-json"))


def _environment() -> dict[str, str]:
    """Ours, without a configuration file that is not there: Terraform warns about it in every output."""
    kept = {name: value for name, value in HERE.items() if not name.startswith(("AWS_", "TF_VAR_"))}
    if not Path(kept.get("TF_CLI_CONFIG_FILE") or "/nonexistent").is_file():
        kept.pop("TF_CLI_CONFIG_FILE", None)
    return kept | QUIET
