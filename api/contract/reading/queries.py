"""Query parameters: text, read as what the route says they are."""

from collections.abc import Mapping
from typing import TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from api.contract.reading.fields import field_errors, pointer_to
from shared.errors.fields import FieldError
from shared.errors.requests import ValidationFailed

Parameters = Mapping[str, list[str]]


class Query(BaseModel):
    """Parameters come as text, so numbers are read from it; what is unknown is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Q = TypeVar("Q", bound="Query")


def refuse_parameters(parameters: Parameters) -> None:
    """Take no parameter where none is known.

    Raises:
        ValidationFailed: names each.
    """
    if parameters:
        names = [FieldError(pointer_to(["query", name]), "unknown_field", "Unknown parameter.") for name in parameters]
        raise ValidationFailed(tuple(names))


def read_query(model: type[Q], parameters: Parameters) -> Q:
    """Read `parameters` as `model`; a name that may be given once counts with its last value.

    Raises:
        ValidationFailed: one is unknown or not valid.
    """
    fields = model.model_fields
    many = {name for name, field in fields.items() if get_origin(field.annotation) is tuple}
    given = {name: values if name in many else values[-1] for name, values in parameters.items()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise ValidationFailed(field_errors(error, model, "/query")) from error
