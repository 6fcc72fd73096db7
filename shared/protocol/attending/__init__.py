"""A worker's way with a job: take it, attend to it, keep what is done of it, store what comes of it."""

from shared.protocol.attending.checkpoints import keep, resume
from shared.protocol.attending.line import attend
from shared.protocol.attending.patience import patiently
from shared.protocol.attending.taking import Claimant, take

__all__ = ["Claimant", "attend", "keep", "patiently", "resume", "take"]
