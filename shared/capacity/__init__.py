"""How much work there is, how fast it is done, and what follows: the waits that a caller is told and scaling acts on.

Pure: what was counted and measured comes in, an estimate goes out. Counting stands in `api.backlog`, measuring in
`worker.presence`.
"""

from shared.capacity.backlog import Backlog, LaneBacklog, LiveJob
from shared.capacity.sizes import estimated_audio_s
from shared.capacity.summing import backlog_of
from shared.capacity.workers import BATCH_LANE_SHARE, LONG_CALL_SHARE, SIGN_LASTS_S, WorkerSign

__all__ = [
    "BATCH_LANE_SHARE",
    "LONG_CALL_SHARE",
    "SIGN_LASTS_S",
    "Backlog",
    "LaneBacklog",
    "LiveJob",
    "WorkerSign",
    "backlog_of",
    "estimated_audio_s",
]
