"""moto as it comes and moto with the shims, a process each, for all tests of a worker of pytest."""

import atexit
import functools
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from infra.moto import moto

REGION = "eu-central-1"
_processes = ExitStack()
atexit.register(_processes.close)


@dataclass(frozen=True)
class Engine:
    """Clients of one engine."""

    endpoint: str

    def client(self, service: str, **credentials: str) -> Any:
        """A client with credentials of nobody, or with those of a role."""
        held = credentials or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        config = Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, config=config, **held)

    def __getattr__(self, service: str) -> Any:
        return _client(self, service.replace("_", "-"))


@functools.cache
def _client(engine: Engine, service: str) -> Any:
    """Making a client costs more than a whole test."""
    return engine.client(service)


@functools.cache
def plain() -> Engine:
    """As it comes."""
    return Engine(_processes.enter_context(moto("--plain")))


@functools.cache
def shimmed() -> Engine:
    """With every gap closed."""
    return Engine(_processes.enter_context(moto()))


def fresh(word: str) -> str:
    """A name that nothing else has."""
    return f"{word}-{uuid.uuid4().hex[:8]}"
