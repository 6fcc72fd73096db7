"""Where things lie: the keys of rows in the table and of audio in the bucket. The tenant begins every one."""

from dataclasses import dataclass

JOB_PK, JOB_SK = "T#{}#J#{}", "JOB"


@dataclass(frozen=True, slots=True)
class Key:
    """Where a row lies."""

    pk: str
    sk: str

    @staticmethod
    def of_job(tenant: str, job_id: str) -> "Key":
        """The row of a job."""
        return Key(JOB_PK.format(tenant, job_id), JOB_SK)

    @staticmethod
    def of_idempotency(tenant: str, route: str, key_sha256: str) -> "Key":
        """The item that remembers an Idempotency-Key."""
        return Key(f"T#{tenant}#I#{route}#{key_sha256}", "IDEMPOTENCY")

    @staticmethod
    def of_api_key(key_id: str) -> "Key":
        """The row of an API key."""
        return Key(f"K#{key_id}", "KEY")


def audio_key(tenant: str, job_id: str) -> str:
    """Where the audio of an uploaded job lies."""
    return f"audio/{tenant}/{job_id}"
