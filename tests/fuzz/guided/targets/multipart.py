"""The reader of multipart bodies: its first line is the Content-Type, the rest the body; two parts, or a refusal."""

from contextlib import suppress

from api.contract.reading.multipart import read_form
from shared.errors.requests import BodyTooLarge, MalformedRequest, ValidationFailed

MOST_BYTES = 8_192
PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="job"\r\n\r\n{}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n'
)


def seeds():
    yield b"multipart/form-data; boundary=x\n" + PARTS + b"--x--\r\n"
    yield b"multipart/form-data; boundary=x\n" + PARTS
    yield b'multipart/form-data; boundary="x\\""; charset*=utf-8\'\'%e2%82\n' + PARTS + b"--x--\r\n"
    yield b"multipart/form-data; boundary=x\n" + PARTS.replace(b'name="job"', b"name*=utf-8''%ff; name=\"\xff\"")
    yield b"multipart/form-data; boundary=\n--\r\n\r\n"


def take(data):
    content_type, _, body = data.partition(b"\n")
    with suppress(MalformedRequest, ValidationFailed, BodyTooLarge):
        form = read_form(body, content_type.decode("latin-1"))
        assert form.audio in body
        assert form.job in {b"{}", *[form.job] * (form.job in body)}
