#!/usr/bin/env python3
"""A pull request with the id of the newest GPU image, for every environment that names another.

An id in the code is reviewed, deployed and rolled back like anything else; a lookup would change under a plan.
"""

import re
import sys
from pathlib import Path

from cloud import INFRA, aws, main, run, tell

IMAGE = re.compile(r'^(gpu_ami_id\s*=\s*)"ami-[0-9a-f]+"', re.MULTILINE)
ENVIRONMENTS = ("dev", "staging", "prod")


def asked() -> None:
    """Look for a newer image; change the files and open a pull request if there is one."""
    newest = newest_image()
    if newest is None:
        tell("no image was built yet")
        return
    paths = [INFRA / "environments" / f"{env}.tfvars" for env in ENVIRONMENTS]
    changed = [path for path in paths if path.exists() and _written(path, newest)]
    if not changed:
        tell(f"every environment names {newest} already")
        return
    _propose(newest, changed)


def newest_image() -> str | None:
    """The id of the image that was built last."""
    named = ["--filters", "Name=name,Values=callscribe-gpu-*", "Name=state,Values=available"]
    images = aws("ec2", "describe-images", "--owners", "self", *named)["Images"]
    return str(max(images, key=lambda image: image["CreationDate"])["ImageId"]) if images else None


def _written(path: Path, image: str) -> bool:
    """Write the id into a file; whether another stood there."""
    text = path.read_text("utf-8")
    fresh = IMAGE.sub(rf'\1"{image}"', text)
    path.write_text(fresh, "utf-8")
    return fresh != text


def _propose(image: str, changed: list[Path]) -> None:
    branch = f"ami/{image}"
    if run("git", "ls-remote", "--heads", "origin", branch).stdout:
        tell(f"{branch} is proposed already")
        return
    run("git", "switch", "--create", branch)
    run("git", "add", *(str(path) for path in changed))
    who = ["-c", "user.name=callscribe-pipelines", "-c", "user.email=pipelines@example.com"]
    run("git", *who, "commit", "--quiet", "--message", f"Start workers from {image}")
    run("gh", "auth", "setup-git")
    run("git", "push", "origin", branch)
    words = ["--head", branch, "--title", f"Start workers from {image}", "--body", _body(image)]
    run("gh", "pr", "create", *words)
    tell(f"proposed {image} for {', '.join(path.stem for path in changed)}")


def _body(image: str) -> str:
    return f"{image} was built and tested by the image pipeline (infra/ami). Merging deploys it like any other change."


if __name__ == "__main__":
    sys.exit(main(asked))
