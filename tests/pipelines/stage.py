"""A copy of the scripts in a folder of its own, between commands that only pretend."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / ".github" / "scripts"
ACCOUNT = "123456789012"
ARTIFACTS = f"callscribe-artifacts-{ACCOUNT}"
STATE = f"callscribe-state-{ACCOUNT}"
OLD, NEW = "a" * 40, "b" * 40
COMMANDS = ("aws", "terraform", "gh", "git")


@dataclass
class Stage:
    """Runs scripts; `folder` holds tree, commands and answers."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(SCRIPTS, self.folder / ".github" / "scripts")
        (self.folder / "infra" / "environments").mkdir(parents=True)
        for name in ("bin", "stub"):
            (self.folder / name).mkdir()
        for name in COMMANDS:
            path = self.folder / "bin" / name
            stub = (ROOT / "tests" / "pipelines" / "stub.py").read_text("utf-8")
            path.write_text(f"#!{sys.executable} -IS\n{stub}", "utf-8")
            path.chmod(0o755)
        self.environment = {
            "PATH": f"{self.folder / 'bin'}:{os.defpath}",
            "STUB": str(self.folder / "stub"),
            "AWS_ACCOUNT_ID": ACCOUNT,
            "AWS_REGION": "eu-central-1",
            "GITHUB_RUN_ID": "7",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    def run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-S", str(self.folder / ".github" / "scripts" / script), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def answers(self, name: str, *answers: Any) -> None:
        (self.folder / "stub" / name).write_text(json.dumps(answers), "utf-8")

    def keep(self, bucket: str, key: str, body: bytes) -> None:
        path = self.folder / "stub" / "s3" / bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def kept(self, bucket: str, key: str) -> bytes:
        return (self.folder / "stub" / "s3" / bucket / key).read_bytes()

    def calls(self, *words: str) -> list[list[str]]:
        """The calls that hold all these words, in order."""
        path = self.folder / "stub" / "calls"
        made = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
        return [call for call in made if set(words) <= set(call)]

    @property
    def outputs(self) -> dict[str, str]:
        path = self.folder / "output"
        return dict(line.split("=", 1) for line in path.read_text("utf-8").splitlines()) if path.exists() else {}

    def build(self, commit: str, functions: bytes, worker: str = "1") -> subprocess.CompletedProcess[str]:
        """Release a commit that was built of these bytes, and of a worker's image with this digest."""
        (self.folder / "build" / "sbom").mkdir(parents=True, exist_ok=True)
        (self.folder / "build" / "functions.zip").write_bytes(functions)
        (self.folder / "build" / "sbom" / "api.cdx.json").write_text(commit, "utf-8")
        host = f"{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com"
        uris = [{"repositories": [{"repositoryUri": f"{host}/callscribe-{name}"}]} for name in ("api", "worker")]
        self.answers("aws.describe-repositories", *uris)
        self.answers("aws.describe-images", {"imageDetails": [{"imageDigest": f"sha256:{worker * 64}"}]})
        return self.run("release.py", "make", commit)


def given(words: list[str], name: str) -> Any:
    """A variable that a plan was given."""
    return json.loads(next(word for word in words if word.startswith(f"{name}=")).removeprefix(f"{name}="))
