"""Where things lie: the keys of rows in the table and of audio in the bucket. The tenant begins every one."""

from dataclasses import dataclass

JOB_PK, JOB_SK = "T#{}#J#{}", "JOB"
REVISION_SK = "REVISION#"


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
    def of_revision(tenant: str, job_id: str, number: int) -> "Key":
        """The item that gives revision `number` of a job to one job: it lies beside the row of the first."""
        return Key(JOB_PK.format(tenant, job_id), f"{REVISION_SK}{number:04}")

    @staticmethod
    def of_batch(tenant: str, batch_id: str) -> "Key":
        """The row of a batch; all batches of a tenant lie together, by birth."""
        return Key(f"T#{tenant}#BATCHES", batch_id)

    @staticmethod
    def of_erasure(tenant: str, erasure_id: str) -> "Key":
        """The receipt of an erasure."""
        return Key(f"T#{tenant}#ERASURES", erasure_id)

    @staticmethod
    def of_webhook(tenant: str, webhook_id: str) -> "Key":
        """The row of an endpoint; all endpoints of a tenant lie together, by birth."""
        return Key(f"T#{tenant}#WEBHOOKS", webhook_id)

    @staticmethod
    def of_delivery(tenant: str, webhook_id: str, delivery_id: str) -> "Key":
        """The row of a delivery; those of an endpoint lie together, by the birth of their event."""
        return Key(f"T#{tenant}#W#{webhook_id}", delivery_id)

    @staticmethod
    def of_idempotency(tenant: str, route: str, key_sha256: str) -> "Key":
        """The item that remembers an Idempotency-Key."""
        return Key(f"T#{tenant}#I#{route}#{key_sha256}", "IDEMPOTENCY")

    @staticmethod
    def of_allowance(tenant: str, name: str) -> "Key":
        """What is left of a limit of a tenant."""
        return Key(f"T#{tenant}#ALLOWANCES", name)

    @staticmethod
    def of_api_key(key_id: str) -> "Key":
        """The row of an API key."""
        return Key(f"K#{key_id}", "KEY")

    @staticmethod
    def of_role(role_arn: str) -> "Key":
        """The row that gives an AWS role a tenant and scopes."""
        return Key(f"A#{role_arn}", "ROLE")

    @staticmethod
    def of_watermark(lane: str, tenant: str) -> "Key":
        """The item that tells which of the jobs of a tenant in a lane, by ring, was claimed last."""
        return Key(f"T#{tenant}#WATERMARKS", lane)

    @staticmethod
    def of_worker(worker_id: str) -> "Key":
        """A worker's sign of life."""
        return Key(WORKERS_PK, worker_id)

    @staticmethod
    def of_backlog() -> "Key":
        """What all queues hold, counted a moment ago."""
        return Key("BACKLOG", "BACKLOG")


WORKERS_PK = "WORKERS"


def audio_key(tenant: str, job_id: str) -> str:
    """Where the audio of an uploaded job lies."""
    return f"audio/{tenant}/{job_id}"
