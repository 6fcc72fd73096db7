"""What is wrong with one field of a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is not valid: where (JSON pointer), what (code), and how to mend it."""

    pointer: str
    code: str
    message: str
