"""A multipart submission taken apart: the part `audio` (bytes) and the part `job` (JSON), each once."""

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from api.contract.reading.fields import pointer_to
from shared.errors.fields import FieldError
from shared.errors.requests import BodyTooLarge, MalformedRequest, ValidationFailed

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_MULTIPART_AUDIO_BYTES = 4_000_000
MAX_JSON_BYTES = 262_144

LIMITS = {"audio": MAX_MULTIPART_AUDIO_BYTES, "job": MAX_JSON_BYTES}

# It warns of every broken byte, in words of its own; what is broken is told to the caller.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Form:
    """The two parts; a missing `job` is an empty one."""

    audio: bytes
    job: bytes


@dataclass(slots=True)
class _Reader:
    """Collects the parts as the parser finds them."""

    parts: dict[str, bytearray] = field(default_factory=dict)
    name: str = ""
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    ended: bool = False

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls on its way."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self.header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self.value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self.name = ""

    def _end_header(self) -> None:
        if self.header.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self.value))
            self.name = options.get(b"name", b"").decode("utf-8", "replace")
        self.header.clear()
        self.value.clear()

    def _open(self) -> None:
        if self.name not in LIMITS:
            raise ValidationFailed(
                (FieldError(pointer_to([self.name]), "unknown_field", "The parts are named 'audio' and 'job'."),)
            )
        if self.name in self.parts:
            raise MalformedRequest("A part of the multipart body is given twice.")
        self.parts[self.name] = bytearray()

    def _take(self, data: bytes, start: int, end: int) -> None:
        part = self.parts[self.name]
        part += data[start:end]
        if len(part) > LIMITS[self.name]:
            raise BodyTooLarge

    def _end(self) -> None:
        self.ended = True


def read_form(body: bytes, content_type: str) -> Form:
    """Take a multipart body apart.

    Raises:
        MalformedRequest: it is broken, cut, or names a part twice.
        BodyTooLarge: a part is over its limit.
        ValidationFailed: a part is unknown, or there is no audio.
    """
    boundary = _boundary(content_type)
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise MalformedRequest("The multipart body is broken.") from error
    if not reader.ended:
        raise MalformedRequest("The multipart body is cut off.")
    if "audio" not in reader.parts:
        raise ValidationFailed((FieldError("/audio", "missing_field", "Add the part 'audio' with the recording."),))
    return Form(bytes(reader.parts["audio"]), bytes(reader.parts.get("job", b"{}")))


def _boundary(content_type: str) -> bytes:
    """What divides the parts."""
    # The library speaks Latin-1 alone.
    _, options = parse_options_header(content_type if content_type.isascii() else "")
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedRequest("The Content-Type names no boundary in ASCII.")
    return boundary
