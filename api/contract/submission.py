"""What a submission may say: field by field, with the limits and defaults of the contract."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

from api.contract.codes import WarningCode
from api.contract.reading.fields import CHANNEL, HEX_64, deadline_from
from shared.job import Lane

MAX_AUDIO_BYTES = 536_870_912
MAX_METADATA_BYTES = 2_048
MAX_KEY_BYTES = 1_024
"""S3 counts the bytes of a key, not its characters."""
S3_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.{1,1024})", re.DOTALL)

Role = Literal["agent", "customer", "other"]
ChannelIndex = Annotated[str, Field(pattern=CHANNEL)]
Tag = Annotated[str, Field(min_length=1, max_length=64)]
Pairs = dict[Annotated[str, Field(min_length=1)], str]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What this deployment can do: handed to validation as its context."""

    models: tuple[str, ...]
    languages: tuple[str, ...]


class Request(BaseModel):
    """A part of a request: nothing unknown, nothing converted, and its values in no error message."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def _known_model(name: str, info: ValidationInfo) -> str:
    """Refuse a model that the deployment does not serve."""
    return _known(name, info.context.models if info.context else None)


def _known_language(name: str, info: ValidationInfo) -> str:
    """Refuse a language that the deployment's model does not know."""
    return name if name == "auto" else _known(name, info.context.languages if info.context else None)


def _known(name: str, served: tuple[str, ...] | None) -> str:
    if served is not None and name not in served:
        facts = {"served": ", ".join(served)}
        raise PydanticCustomError("not_supported", "Not supported here. Supported: {served}.", facts)
    return name


def _small(metadata: dict[str, str]) -> dict[str, str]:
    """Hold the sum of all names and values to its limit: each alone would fit."""
    if sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items()) > MAX_METADATA_BYTES:
        raise PydanticCustomError("too_long", "At most 2,048 bytes in all, names and values together.")
    return metadata


def _each_once(roles: dict[str, Role]) -> dict[str, Role]:
    """Refuse two agents: talk time is counted by role."""
    if len(set(roles.values())) < len(roles):
        raise PydanticCustomError("not_allowed", "Each role may be named once.")
    return roles


def s3_address(uri: str) -> str:
    """Refuse what is no address of an object, `https://` above all."""
    found = S3_URI.fullmatch(uri)
    if not found or len(found[2].encode()) > MAX_KEY_BYTES:
        raise PydanticCustomError("not_allowed", "Give the address as s3://bucket/key.")
    return uri


Model = Annotated[str, Field(max_length=128), AfterValidator(_known_model)]
Language = Annotated[str, Field(max_length=16), AfterValidator(_known_language)]


class AudioUpload(Request):
    """The audio will be PUT to the place that the answer gives."""

    size_bytes: int = Field(alias="bytes", ge=1, le=MAX_AUDIO_BYTES, description="size of the audio in bytes")
    sha256: str | None = Field(None, pattern=HEX_64, description="SHA-256 of the audio, 64 lower-case digits")


class AudioPlace(Request):
    """Where the audio comes from: one of `upload` and `s3_uri`; in multipart the part `audio`, and none of them."""

    upload: AudioUpload | None = None
    s3_uri: Annotated[str, AfterValidator(s3_address)] | None = Field(
        None, description="object in an allowed bucket; it is read in place, pinned to its version"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> "AudioPlace":
        if (self.upload is None) == (self.s3_uri is None):
            raise PydanticCustomError("not_allowed", "Give exactly one of 'upload' and 's3_uri'.")
        return self


class RetentionWish(Request):
    """Days to keep audio and transcript after the end of the job."""

    audio_days: int = Field(30, ge=1, le=180)
    transcript_days: int = Field(180, ge=1, le=365)


class ChannelWish(Request):
    """How the channels are to be read, and who speaks on which."""

    mode: Literal["auto", "separate", "mix"] = "auto"
    roles: Annotated[dict[ChannelIndex, Role], AfterValidator(_each_once)] = Field({"0": "agent", "1": "customer"})


class OptionsWish(Request):
    """How the call is to be transcribed; the defaults are right for a sales call."""

    model: Model = "default"
    language: Language = "auto"
    language_candidates: tuple[Language, ...] = Field(("fr", "de", "it", "en"), min_length=1, max_length=16)
    channels: ChannelWish = ChannelWish()
    word_timestamps: bool = True
    fail_on: tuple[WarningCode, ...] = Field((), max_length=32, description="warnings that make the job fail")


class MultipartSubmission(Request):
    """The part `job` of a multipart submission: everything but the audio."""

    reference: str | None = Field(None, max_length=128, description="your id of the call; no personal data")
    subject_ref: str | None = Field(None, max_length=128, description="pseudonym of the person called, for erasure")
    metadata: Annotated[Pairs, AfterValidator(_small)] = Field(default_factory=dict, max_length=16)
    tags: tuple[Tag, ...] = Field((), max_length=10)
    lane: Literal["interactive", "batch"] = Lane.INTERACTIVE.value
    deadline_at: Annotated[datetime, BeforeValidator(deadline_from)] | None = None
    retention: RetentionWish = RetentionWish()
    options: OptionsWish = OptionsWish()


class Submission(MultipartSubmission):
    """A submission in JSON."""

    audio: AudioPlace
