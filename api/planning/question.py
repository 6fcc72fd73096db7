"""What may be asked: a load, workers, a goal, prices. Everything has a default, and everything can be changed."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from api.planning.costs import Egress
from api.planning.demand import PROFILES
from shared.job import Frozen

PolicyName = Literal["always", "defaults", "messages", "responsive", "economy", "clairvoyant"]
POLICIES: tuple[PolicyName, ...] = ("always", "defaults", "messages", "responsive", "economy", "clairvoyant")
HOURS = 24


class Question(Frozen):
    """One question; None means: as it is planned.

    `calls` a rep and day of `minutes` on average; `sigma`: spread of the logarithm of their length; `shortest`,
    `longest`: seconds. `profile`: a known name, or 24 weights. `trace`: a file of a day's calls instead of drawn ones.
    `night`: hours of old calls a night. `r`, `overhead`, `boot`, `load`: one worker, in call-seconds a second and
    seconds; `boot` holds `load`. `goal`, `economy_goal`: seconds that a call may wait. `delay`: age of a metric when an
    alarm sees it, seconds. `idle`: minutes without work after which workers go; `tail`: seconds for which an empty
    machine stays. `from_zero`: machines that a provider starts when it has none. `floor`: workers that are always
    there in office hours. `most`: ceiling instead of the computed one. `spot`: share of the workers, 0 to 1.
    `interruptions`: of one Spot machine, per hour. `days`: working days a month. `seeds`: days that are played.
    """

    reps: tuple[int, ...] = Field((100, 1_000), min_length=1)
    calls: float = Field(16.0, gt=0, le=1_000)
    minutes: float = Field(6.0, ge=0.25, le=60)
    sigma: float = Field(0.8, ge=0, le=2)
    shortest: float = Field(15.0, ge=0)
    longest: float = Field(3_600.0, gt=0, le=3_600)
    profile: str | tuple[float, ...] = "usual"
    trace: Path | None = None
    night: float | None = Field(None, ge=0, le=20_000)
    r: float | None = Field(None, ge=1, le=100_000)
    overhead: float | None = Field(None, ge=0, le=60)
    boot: float | None = Field(None, ge=1, le=3_600)
    load: float | None = Field(None, ge=0, le=3_600)
    goal: float | None = Field(None, ge=30, le=86_400)
    economy_goal: float | None = Field(None, ge=30, le=86_400)
    delay: float = Field(60.0, ge=0, le=900)
    idle: int | None = Field(None, ge=1, le=60)
    tail: float | None = Field(None, ge=0, le=3_600)
    from_zero: int | None = Field(None, ge=1, le=10)
    floor: int | None = Field(None, ge=0, le=1_000)
    most: int | None = Field(None, ge=1, le=1_000)
    spot: float | None = Field(None, ge=0, le=1)
    interruptions: float = Field(0.02, ge=0, le=10)
    egress: Egress | None = None
    region: str | None = None
    instance: str | None = None
    days: float = Field(21.0, gt=0, le=31)
    seeds: int = Field(3, ge=1, le=100)
    policy: tuple[PolicyName, ...] = Field(POLICIES, min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(reps < 1 for reps in self.reps):
            raise ValueError("reps: at least 1")
        if isinstance(self.profile, str) and self.profile not in PROFILES:
            raise ValueError(f"profile: one of {', '.join(PROFILES)}, or {HOURS} weights")
        if not isinstance(self.profile, str) and (
            len(self.profile) != HOURS or sum(self.profile) <= 0 or min(self.profile) < 0
        ):
            raise ValueError(f"profile: {HOURS} weights, one for each hour from midnight on")
        if self.shortest >= self.longest:
            raise ValueError("shortest: must be below longest")
        if self.boot is not None and self.load is not None and self.load > self.boot:
            raise ValueError("load: is a part of boot and cannot be longer")
        return self

    @property
    def hours(self) -> tuple[float, ...]:
        """Weight of each hour."""
        return PROFILES[self.profile] if isinstance(self.profile, str) else self.profile
