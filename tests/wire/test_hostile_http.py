"""Whatever comes over a socket is answered, by no 5xx, or closed; and the next good request is served."""

from contract.caller import form
from fuzz.served import KEY
from wire.frames import FRAMES, GOOD
from wire.parts import BODIES
from wire.speaking import ask, send

from api.contract.problems import PROBLEM_TYPE


def test_every_frame_is_answered_or_closed(api_port, subtests):
    for frame in FRAMES:
        with subtests.test(frame.what):
            told = send(api_port, frame.raw)

            assert told.status in frame.statuses
            assert told.status < 400 or told.headers["content-type"] == PROBLEM_TYPE
            assert send(api_port, GOOD).status == 200


def test_every_broken_form_is_refused(api_port, subtests):
    for body in BODIES:
        with subtests.test(body.what):
            told = send(
                api_port, ask("POST", "/v1/jobs", body.raw, Authorization=f"Bearer {KEY}", Content_Type=body.kind)
            )

            assert (told.status, told.code) == body.answer
            assert len(told.body) < 4_096


def test_a_good_form_is_taken(api_port):
    body, kind = form(b"RIFF\x24\x00\x00\x00WAVEfmt ", {"reference": "r"})

    assert send(api_port, ask("POST", "/v1/jobs", body, Authorization=f"Bearer {KEY}", Content_Type=kind)).status == 202
