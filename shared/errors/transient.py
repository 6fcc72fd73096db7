"""What heals by itself: seen only as a job's `cause` and in logs, never as its `error`."""

from typing import ClassVar

from shared.errors.root import CallscribeError


class TransientError(CallscribeError):
    """A failure of ours or of a dependency that another attempt may not meet."""

    retryable = True
    charged: ClassVar[bool] = False


class WorkerLost(TransientError):
    """The worker that held the job died or went silent."""

    code = "worker_lost"
    charged = True


class EngineFailed(TransientError):
    """The engine refused a window of this job, alone."""

    code = "engine_failed"
    charged = True


class EngineOutOfMemory(TransientError):
    """The device has no room for one window of this job."""

    code = "engine_out_of_memory"
    charged = True


class AudioFetchFailed(TransientError):
    """The audio could not be fetched after retries."""

    code = "audio_fetch_failed"


class StorageUnavailable(TransientError):
    """S3, DynamoDB, SQS or KMS is out of reach after retries."""

    code = "storage_unavailable"


class ModelUnavailable(TransientError):
    """The speech model cannot be loaded."""

    code = "model_unavailable"


class WorkerDiskFull(TransientError):
    """The worker has no disk left for a recording."""

    code = "worker_disk_full"


class EventsUnavailable(TransientError):
    """SNS refused an event after retries."""

    code = "events_unavailable"


class LeaseLost(TransientError):
    """Another claim holds the job now, or it ended without us: write nothing more."""

    code = "lease_lost"


class Draining(TransientError):
    """The worker was told to stop: hand the job back."""

    code = "draining"
