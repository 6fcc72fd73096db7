"""`python -m planning`: plans production twice against the emulator, and writes what scaling is into the package.

`python -m planning plots` draws the committed pictures.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.moto import moto
from infra.terraform import Terraform, obstacle
from planning.sources import INFRA, fingerprint

from api.planning.asking import scene
from api.planning.costs import known_prices
from api.planning.fleet import Fleet, committed_fleet
from api.planning.question import Question
from api.planning.terraform import planned

EXTRACT = INFRA.parent / "api" / "planning" / "fleet.json"
PROD = Path("environments/prod.tfvars")
ECONOMY = ("fast_scale_in=true", 'lanes={interactive={profile="economy",goal_seconds=1800,floor=0}}')
UNAVAILABLE = 69
"""Exit code when there is no Terraform here (EX_UNAVAILABLE of sysexits.h)."""


def main(*words: str) -> None:
    """Write the extract, or draw."""
    if words == ("plots",):
        from api.planning.pictures import draw  # noqa: PLC0415 - only this needs it

        draw(scene(Question(), committed_fleet(), known_prices()), INFRA / "plots")
        return
    if reason := obstacle():
        sys.stderr.write(f"{reason}\n")
        raise SystemExit(UNAVAILABLE)
    EXTRACT.write_text(json.dumps(extracted().model_dump(mode="json"), indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{EXTRACT.relative_to(INFRA.parent)}: written\n")


def extracted() -> Fleet:
    """Production as it is planned, and with the economy profile on its live lane."""
    with moto() as endpoint, tempfile.TemporaryDirectory(prefix="callscribe-plan-") as folder:
        terraform = Terraform.copied(Path(folder) / "infra", endpoint)
        terraform.init()
        return fleet_of(terraform)


def fleet_of(terraform: Terraform, production: Any = None) -> Fleet:
    """The same from a root module that is ready; `production`: the plan of that environment, if it was made."""
    economy = terraform.plan(PROD, *(f"-var={one}" for one in ECONOMY))
    return Fleet(
        sources_sha256=fingerprint(terraform.folder),
        responsive=planned(production or terraform.plan(PROD)),
        economy=planned(economy),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
