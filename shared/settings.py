"""All knobs, read once: one schema is the validation, the default and the documentation.

Only composition roots call `load`; every other part is given plain values. A misspelt name in the environment
is refused, because pydantic-settings would ignore it.
"""

import difflib
import os
from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.errors.root import CallscribeError

PREFIX = "CALLSCRIBE_"
BAD_CONFIGURATION = 78
"""Exit code of a process whose settings are refused (EX_CONFIG of sysexits.h)."""


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Csv = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class BadConfiguration(CallscribeError):
    """A setting is missing, wrong, misspelt, or contradicts another."""

    code = "bad_configuration"
    sentence = "The configuration is not valid."


class Settings(BaseSettings):
    """Every setting of the api, the functions and the worker, with its unit and the reason of its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    bucket: str = Field(description="bucket of audio, requests and transcripts")
    table: str = Field(description="DynamoDB table with one row a job")
    topic_arn: str = Field(description="SNS topic that events are published to")
    queue_interactive_url: str = Field(description="SQS queue of live calls")
    queue_batch_url: str = Field(description="SQS queue of re-transcriptions")
    queue_interactive_dlq_url: str | None = Field(None, description="its dead-letter queue; the local stack empties it")
    queue_batch_dlq_url: str | None = Field(None, description="dead letters of the batch lane")
    queue_uploads_url: str | None = Field(None, description="SQS queue of S3 upload events; the local stack polls it")
    queue_webhooks_url: str | None = Field(None, description="SQS queue that the webhook dispatcher reads")
    allowed_buckets: Csv = Field((), description="buckets that `audio.s3_uri` may name, separated by commas")
    base_url: str = Field("http://127.0.0.1:8080", description="where clients reach the API, without /v1")
    port: int = Field(
        8080, ge=0, le=65_535, description="port of the local API server on 127.0.0.1; 0 takes a free one"
    )
    api_processes: int = Field(8, ge=2, le=64, description="requests served at a time, long-polls included")
    upload_url_s: int = Field(900, ge=60, le=3_600, description="seconds that a presigned upload stays valid")
    subject_key: str = Field("local-only", min_length=8, description="key of the HMAC under which subject_ref is kept")
    subject_key_secret: str | None = Field(
        None, description="ARN of the secret that holds that key instead, read once a process"
    )
    models: Csv = Field(("default",), description="names of models that a request may ask for, separated by commas")
    languages: Csv = Field(("en", "fr", "de", "it"), description="languages that the deployed model knows")

    submits_per_s: float = Field(50.0, gt=0, description="requests that write, a second and tenant")
    submit_burst: int = Field(200, ge=1, description="such requests that may come at once")
    reads_per_s: float = Field(100.0, gt=0, description="requests that read, a second and tenant")
    read_burst: int = Field(400, ge=1, description="such requests that may come at once")
    live_jobs_max: int = Field(20_000, ge=1, description="jobs of a tenant that have not ended")
    audio_hours_per_day: float = Field(2_000.0, gt=0, description="hours of calls a tenant may send from midnight UTC")
    webhooks_max: int = Field(20, ge=1, le=100, description="webhook endpoints of a tenant")
    webhook_allow_loopback: bool = Field(
        default=False, description="send webhooks to 127.0.0.1; for loopback AWS endpoints only"
    )
    internal_api_id: str | None = Field(None, description="the gateway that signs callers in by AWS role (SigV4)")
    canary_key_secret: str | None = Field(
        None, description="ARN of the secret with the key under which the canary calls the API"
    )
    cluster: str | None = Field(None, description="ECS cluster whose empty machines the function `shrink` gives back")
    reconcile_s: float = Field(60.0, gt=0, description="seconds between two runs of the reconciler on a local stack")
    nightly_at: str | None = Field(
        None,
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="UTC time HH:MM of the nightly batch on a local stack",
    )
    nightly_plan: str | None = Field(
        None, description="JSON of the batches to make then; in the cloud the schedule's input"
    )

    lanes: Csv = Field(("interactive", "batch"), description="lanes this worker serves; live calls always come first")
    jobs_at_once: int = Field(
        16, ge=1, le=256, description="most jobs that a worker holds, each in a thread of its own"
    )
    prefetch_audio_s: float = Field(
        900.0, gt=0, description="seconds of calls a worker holds before it stops taking more: 90 s of its own speed"
    )
    lease_s: int = Field(
        60, ge=3, le=43_200, description="seconds a claim and its message stay ours without a heartbeat"
    )
    heartbeat_s: float = Field(20.0, gt=0, description="seconds between heartbeats: a third of the lease")
    long_poll_s: int = Field(20, ge=0, le=20, description="seconds a receive waits: 20 is the most SQS allows")
    drain_s: float = Field(
        30.0, ge=0, le=110, description="engine seconds a job may still need to be finished at SIGTERM"
    )
    decoder_sandbox: Literal["required", "preferred"] = Field(
        "required", description="`preferred` runs without a kernel filter, on loopback endpoints only"
    )
    model: str = Field("shipped", description="speech model: `shipped`, or a directory in CTranslate2 form")
    device: Literal["cpu", "cuda", "auto"] = Field("auto", description="where the engine runs")
    compute_type: str = Field("default", description="CTranslate2 compute type; `default` is the model's own")
    engine_threads: int = Field(1, ge=1, le=64, description="CPU threads of one engine call")
    prepare_at_once: int = Field(
        1, ge=1, le=64, description="jobs that use the CPU for speech detection and spectra at a time: cores less one"
    )
    batch_rows: int = Field(2, ge=1, le=64, description="windows decoded together; a CPU gains nothing above 2")
    language_fallback: str | None = Field(None, description="language taken when none is detected with confidence")

    env: str = Field("local", pattern="^[a-z][a-z0-9-]{1,11}$", description="environment: a dimension of every metric")
    log_format: Literal["json", "text"] = Field("json", description="`json` for CloudWatch, `text` for a terminal")
    traces: Literal["none", "file", "otlp"] = Field("none", description="where spans go")
    traces_endpoint: str | None = Field(None, description="with `otlp`: URL that spans are posted to, OTLP over HTTP")
    traces_file: str | None = Field(None, description="with `file`: file that spans are added to, one JSON a line")
    emulator_python: str | None = Field(None, description="interpreter that has ministack; default: .venv-aws")
    emulator_port: int = Field(0, ge=0, le=65_535, description="port of the local AWS emulator; 0 takes a free one")
    workers: int = Field(1, ge=1, le=16, description="workers that `callscribe up` starts")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Settings":
        if self.heartbeat_s * 3 > self.lease_s:
            raise ValueError("CALLSCRIBE_HEARTBEAT_S must be at most a third of CALLSCRIBE_LEASE_S")
        if self.decoder_sandbox == "preferred" and not _is_loopback(os.environ.get("AWS_ENDPOINT_URL", "")):  # noqa: TID251 - this is the place
            raise ValueError("CALLSCRIBE_DECODER_SANDBOX=preferred is allowed only with AWS_ENDPOINT_URL on loopback")
        if self.webhook_allow_loopback and not _is_loopback(os.environ.get("AWS_ENDPOINT_URL", "")):  # noqa: TID251 - as above
            raise ValueError("CALLSCRIBE_WEBHOOK_ALLOW_LOOPBACK is allowed only with AWS_ENDPOINT_URL on loopback")
        return self


class ClientSettings(BaseSettings):
    """What a client of the API needs; `callscribe up` writes both to `.local/env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".local/env", extra="ignore", frozen=True)

    url: str = Field("http://127.0.0.1:8080", description="where the API answers, without /v1")
    api_key: str | None = Field(None, description="key of the API, csk_…")


def load() -> Settings:
    """Read the environment.

    Raises:
        BadConfiguration: a name is unknown or a value is not valid; its message says which and how to mend it.
    """
    names = [name for name in os.environ if name.startswith(PREFIX)]  # noqa: TID251 - settings are read here
    refuse_misspelt(names)
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        problems = "; ".join(_sentence(problem["loc"], problem["msg"]) for problem in error.errors())
        raise BadConfiguration(problems) from error


def refuse_misspelt(names: Iterable[str]) -> None:
    """Refuse any `CALLSCRIBE_` name that is no setting.

    Raises:
        BadConfiguration: names the first unknown one and the nearest known.
    """
    known = [PREFIX + name.upper() for model in (Settings, ClientSettings) for name in model.model_fields]
    for name in sorted(set(names) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        raise BadConfiguration(f"{name} is no setting" + (f": did you mean {near[0]}?" if near else "."))


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(location[0]).upper() if location else "settings"
    return f"{name}: {message}"


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
