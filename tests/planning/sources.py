"""The files that say how workers scale, and their fingerprint: the extract of the plan is stale when it differs."""

from hashlib import sha256
from pathlib import Path

INFRA = Path(__file__).parents[2] / "infra"
NAMES = (
    "locals.tf", "scaling*.tf", "variables_capacity.tf", "worker.tf", "modules/gpu_pool/*.tf", "environments/prod.tfvars",
)  # fmt: skip


def fingerprint(folder: Path = INFRA) -> str:
    """Of their names and contents but comments, whatever the order in which a disk lists them."""
    found = sha256()
    for path in sorted({path for name in NAMES for path in folder.glob(name)}):
        lines = (line.strip() for line in path.read_text("utf-8").splitlines())
        said = [line for line in lines if line and not line.startswith("#")]
        found.update("\n".join([path.relative_to(folder).as_posix(), *said, ""]).encode())
    return found.hexdigest()
