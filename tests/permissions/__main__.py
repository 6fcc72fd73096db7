"""`PYTHONPATH=tests python -m permissions`: writes policies.json anew, from Terraform's plan of the local environment."""

import json
import sys

from infra.terraform import obstacle
from permissions.extracting import extracted, planned
from permissions.granted import EXTRACT

UNAVAILABLE = 69
"""Exit code when there is no Terraform here (EX_UNAVAILABLE of sysexits.h)."""


def main() -> None:
    if reason := obstacle():
        sys.stderr.write(f"{reason}\n")
        sys.exit(UNAVAILABLE)
    told = extracted(planned())
    EXTRACT.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"{EXTRACT.name}: {len(told['policies'])} policies\n")


if __name__ == "__main__":
    main()
