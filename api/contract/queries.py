"""Query parameters, and the small answers that are not jobs."""

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.contract.fields import field_errors
from shared.errors.requests import ValidationFailed
from shared.job import Frozen

MAX_WAIT_S = 20
Format = Literal["json", "txt", "srt", "vtt"]


class Query(BaseModel):
    """Parameters come as text, so numbers are read from it; what is unknown is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class JobQuery(Query):
    """How long to wait for a change of status."""

    wait: int = Field(0, ge=0, le=MAX_WAIT_S, description="seconds to wait for a change of status")


class TranscriptQuery(Query):
    """Which form of the transcript; without it `Accept` decides, and without that it is JSON."""

    format: Format | None = Field(None, description="json, txt, srt or vtt; wins over Accept")


class ModelView(Frozen):
    """A model that `options.model` may name; figures are null until they are measured here."""

    name: str
    sha256: str | None
    languages: tuple[str, ...]
    compute_type: str | None
    wer: dict[str, float] | None
    rtf: float | None


class ModelList(Frozen):
    """The models of this deployment."""

    object: Literal["list"] = "list"
    data: tuple[ModelView, ...]


class Health(Frozen):
    """The table answered a read."""

    status: Literal["ok"] = "ok"


Q = TypeVar("Q", bound="Query")


def read_query(model: type[Q], parameters: Mapping[str, str]) -> Q:
    """Read `parameters` as `model`.

    Raises:
        ValidationFailed: one is unknown or not valid.
    """
    try:
        return model.model_validate(dict(parameters))
    except ValidationError as error:
        raise ValidationFailed(field_errors(error, model, "/query")) from error
