"""What a worker holds in its hands: a received message, and the claim that it won with it."""

from dataclasses import dataclass

from shared.job.row import Job
from shared.job.states import Lane


@dataclass(frozen=True, slots=True)
class Receipt:
    """One received message: a hint that a job may need work."""

    tenant: str
    job_id: str
    lane: Lane
    handle: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds, until `fence` is overtaken."""

    job: Job
    receipt: Receipt

    @property
    def fence(self) -> int:
        """The claim counter that every write of this claim is conditioned on."""
        return self.job.fence
