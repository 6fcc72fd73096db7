"""The planned fleet: what the simulation takes over from Terraform, and the committed extract of it."""

from functools import cache
from importlib.resources import files
from typing import Final

from api.planning.costs import Egress
from api.planning.formulas import effective_r
from api.planning.scaling import LaneScaling, Machine, Provider
from shared.job import Frozen

LIVE: Final = "interactive"
NIGHT: Final = "batch"


class Load(Frozen):
    """What Terraform was told to carry; the ceilings were computed from it."""

    reps: int
    calls_per_rep: float
    mean_s: float
    peak_share: float
    night_hours: float
    night_at_h: float
    night_due_h: float


class Planned(Frozen):
    """One plan. `ready_s` is the time from zero to a worker that takes calls, as Terraform was told."""

    lanes: dict[str, LaneScaling]
    r: float
    overhead_s: float
    ready_s: float
    on_demand: Provider
    spot: Provider
    load: Load
    egress: Egress
    region: str
    instance_type: str

    @property
    def machine(self) -> Machine:
        """A worker of this plan."""
        return Machine(r=self.r, overhead_s=self.overhead_s, boot_s=self.ready_s)

    @property
    def effective_r(self) -> float:
        """R of the plan with the overhead of its mean call."""
        return effective_r(self.machine, self.load.mean_s)


class Fleet(Frozen):
    """Two plans of the production environment: as it is, and with the economy profile on its live lane.

    `sources_sha256`: of the files that say how workers scale.
    """

    sources_sha256: str
    responsive: Planned
    economy: Planned


@cache
def committed_fleet() -> Fleet:
    """The extract that ships with this package."""
    return Fleet.model_validate_json(files("api.planning").joinpath("fleet.json").read_text("utf-8"))
