#!/usr/bin/env python3
"""A release: what one commit was built into, by hash, signed by the build; and which release is proven where.

make COMMIT          upload build/functions.zip and the bills of materials, write and sign the release
verify COMMIT        its signature holds, and all that it names is there
proven ENV COMMIT    the canary has passed: from here on it is what a roll-back of ENV goes to
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cloud import ROOT, Refused, artifact_bucket, aws, found, main, tell

KEY = "alias/callscribe-signing"
ALGORITHM = "ECDSA_SHA_256"
BUILD = ROOT / "build"
IMAGES = ("api", "worker")
PARTS = ("functions", "worker_image", "api_image")


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("what", choices=["make", "verify", "proven"])
    words.add_argument("names", nargs="+", metavar="COMMIT or ENV COMMIT")
    given = words.parse_args()
    steps: dict[str, Callable[..., object]] = {"make": make, "verify": verified, "proven": proven}
    steps[given.what](*given.names)


def make(commit: str) -> None:
    """Upload what was built and say, signed, what it is.

    Raises:
        Refused: the commit was released before, of other parts.
    """
    release = _built(commit)
    path, signature = BUILD / "release.json", BUILD / "release.sig"
    path.write_text(json.dumps(release, indent=1, sort_keys=True) + "\n", "utf-8")
    _keep(f"releases/{commit}.json", path)
    # A commit that is built again keeps its first release, so it is that one which is signed.
    found(artifact_bucket(), f"releases/{commit}.json", path)
    kept = json.loads(path.read_text("utf-8"))
    if other := [part for part in PARTS if kept[part] != release[part]]:
        raise Refused(f"{commit} was released before with another {other[0]}: a release is written once.")
    signature.write_bytes(_sign(path))
    _keep(f"releases/{commit}.sig", signature)
    hashes = {"functions.zip": release["functions"]["sha256"]}
    hashes |= {f"callscribe-{name}": release[f"{name}_image"]["digest"].removeprefix("sha256:") for name in IMAGES}
    lines = [f"{sha256}  {name}\n" for name, sha256 in hashes.items()]
    (BUILD / "checksums.txt").write_text("".join(lines), "utf-8")
    tell(f"released {commit}: {''.join(lines)}")


def _built(commit: str) -> dict[str, Any]:
    """Keep the zip and the bills; what they are, and which images go with them."""
    sha256 = hashlib.sha256((BUILD / "functions.zip").read_bytes()).hexdigest()
    _keep(f"functions/{sha256}.zip", BUILD / "functions.zip")
    bills = {}
    for bill in sorted((BUILD / "sbom").glob("*.json")):
        bills[bill.name] = hashlib.sha256(bill.read_bytes()).hexdigest()
        _keep(f"sbom/{bills[bill.name]}.json", bill)
    images = {f"{name}_image": _image(name, commit) for name in IMAGES}
    return {"commit": commit, "functions": {"bucket": artifact_bucket(), "sha256": sha256}, "sbom": bills} | images


def verified(commit: str) -> dict[str, Any]:
    """The release of a commit, once its signature held and its parts were found.

    Raises:
        Refused: it is not there, not signed by the build, or a part of it is missing.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path, signature = Path(scratch) / "release.json", Path(scratch) / "release.sig"
        if not found(artifact_bucket(), f"releases/{commit}.json", path):
            raise Refused(f"There is no release of {commit}: only what was built on main or for a tag is deployed.")
        found(artifact_bucket(), f"releases/{commit}.sig", signature)
        _verify(path, signature)
        release: dict[str, Any] = json.loads(path.read_text("utf-8"))
        archive = Path(scratch) / "functions.zip"
        sha256 = release["functions"]["sha256"]
        if not found(artifact_bucket(), f"functions/{sha256}.zip", archive):
            raise Refused(f"The functions {sha256} of {commit} are gone.")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
            raise Refused(f"The functions of {commit} are not what was signed.")
    for name in IMAGES:
        digest = release[f"{name}_image"]["digest"]
        repository = release[f"{name}_image"]["repository"].split("/", 1)[1]
        aws("ecr", "describe-images", "--repository-name", repository, "--image-ids", f"imageDigest={digest}")
    if release["commit"] != commit:
        raise Refused(f"The release that lies under {commit} is of {release['commit']}.")
    tell(f"verified {commit}")
    return release


def current(env: str) -> dict[str, Any]:
    """Which release is proven in an environment, and which was before; empty before the first."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "current.json"
        return json.loads(path.read_text("utf-8")) if found(artifact_bucket(), f"current/{env}.json", path) else {}


def proven(env: str, commit: str) -> None:
    """Remember that a release works in an environment, and what it is made of: pull requests are compared with that."""
    before, release = current(env), verified(commit)
    previous = before.get("previous", "") if before.get("commit") == commit else before.get("commit", "")
    now = {"commit": commit, "previous": previous} | {name: release[name] for name in ("functions", "worker_image")}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "current.json"
        path.write_text(json.dumps(now) + "\n", "utf-8")
        aws("s3api", "put-object", "--bucket", artifact_bucket(), "--key", f"current/{env}.json", "--body", str(path))
    tell(f"{env} runs {commit}; before it, {previous or 'nothing'}")


def _image(name: str, commit: str) -> dict[str, str]:
    """Where an image of this commit lies, and its digest."""
    repository = f"callscribe-{name}"
    host = aws("ecr", "describe-repositories", "--repository-names", repository)["repositories"][0]["repositoryUri"]
    named = ["--repository-name", repository, "--image-ids", f"imageTag={commit}"]
    image = aws("ecr", "describe-images", *named)["imageDetails"][0]
    return {"repository": host, "digest": image["imageDigest"]}


def _keep(key: str, path: Path) -> None:
    """Write an object once; one that is there stays."""
    words = ["s3api", "put-object", "--bucket", artifact_bucket(), "--key", key, "--body", str(path)]
    command = ["aws", *words, "--if-none-match", "*", "--output", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if ended.returncode and "PreconditionFailed" not in ended.stderr:
        raise Refused(f"{key} cannot be kept: {ended.stderr[-500:]}")


def _digest(path: Path) -> str:
    digest = path.with_suffix(".digest")
    digest.write_bytes(hashlib.sha256(path.read_bytes()).digest())
    return f"fileb://{digest}"


def _sign(path: Path) -> bytes:
    words = ["--key-id", KEY, "--signing-algorithm", ALGORITHM, "--message-type", "DIGEST", "--message", _digest(path)]
    return base64.b64decode(aws("kms", "sign", *words)["Signature"])


def _verify(path: Path, signature: Path) -> None:
    words = ["--key-id", KEY, "--signing-algorithm", ALGORITHM, "--message-type", "DIGEST", "--message", _digest(path)]
    if not aws("kms", "verify", *words, "--signature", f"fileb://{signature}")["SignatureValid"]:
        raise Refused("The release is not signed by the build.")


if __name__ == "__main__":
    sys.exit(main(asked))
