"""`python -m alarms`: plan production, and write what tests without Terraform read, and the table of the runbook.

`python -m alarms PLAN.json` takes the plan from a file: what `terraform show -json` says of it.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from alarms.cloudwatch.alarm import EXTRACT, alarms_of, committed
from alarms.planned.extract import extract
from alarms.planned.runbook import RUNBOOK, filled
from infra.moto import moto
from infra.terraform import Terraform

PRODUCTION = Path("environments") / "prod.tfvars"


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text()) if sys.argv[1:] else _planned()
    EXTRACT.write_text(json.dumps(extract(plan), indent=1, sort_keys=True) + "\n")
    RUNBOOK.write_text(filled(RUNBOOK.read_text(), alarms_of(committed())))
    print(f"written: {EXTRACT.name}, {RUNBOOK.name}")


def _planned() -> Any:
    with tempfile.TemporaryDirectory(prefix="callscribe-alarms-") as folder, moto() as endpoint:
        terraform = Terraform.copied(Path(folder) / "infra", endpoint)
        terraform.init()
        return terraform.plan(PRODUCTION)


if __name__ == "__main__":
    main()
