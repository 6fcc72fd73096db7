"""Stands in for the commands that the pipelines call: aws, terraform, gh, git; whichever name it is called by.

Answers come from the folder in STUB; every call is added to its `calls`. A file `<command>.<verb>` there holds a list
of answers, one a call, the last one stays.
"""

import json
import os
import sys
from binascii import b2a_base64
from pathlib import Path

HERE = Path(os.environ["STUB"])  # noqa: TID251 - a program of its own
KEY = b"the private half"
WORDS = sys.argv[1:]


class Failed(Exception):
    """The command ends with an error, as the real one would."""


def option(name: str, default: str = "") -> str:
    return WORDS[WORDS.index(name) + 1] if name in WORDS else default


def answer(name: str, default: object = None) -> object:
    path = HERE / name
    if not path.exists():
        return default
    answers = json.loads(path.read_text())
    if len(answers) > 1:
        path.write_text(json.dumps(answers[1:]))
    return answers[0]


def put_object() -> object:
    path = HERE / "s3" / option("--bucket") / option("--key")
    if path.exists() and option("--if-none-match"):
        raise Failed("An error occurred (PreconditionFailed) when calling the PutObject operation")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(Path(option("--body")).read_bytes())
    return {"ETag": "e"}


def get_object() -> object:
    path = HERE / "s3" / option("--bucket") / option("--key")
    if not path.exists():
        raise Failed("An error occurred (NoSuchKey) when calling the GetObject operation")
    Path(WORDS[6]).write_bytes(path.read_bytes())
    return {}


def digest() -> bytes:
    return Path(option("--message").removeprefix("fileb://")).read_bytes()


def signature() -> bytes:
    """No cryptography: bytes that only this program makes of those."""
    return KEY + digest()


def sign() -> object:
    return {"Signature": b2a_base64(signature()).decode()}


def verify() -> object:
    if Path(option("--signature").removeprefix("fileb://")).read_bytes() != signature():
        raise Failed("An error occurred (KMSInvalidSignatureException) when calling the Verify operation")
    return {"SignatureValid": True}


def invoke() -> object:
    Path(WORDS[-3]).write_text(json.dumps(answer("aws.song")))
    return answer("aws.invoke", {"StatusCode": 200})


def aws() -> object:
    own = {
        "put-object": put_object, "get-object": get_object, "sign": sign,
        "verify": verify, "invoke": invoke,
    }  # fmt: skip
    verb = WORDS[1]
    return own[verb]() if verb in own else answer(f"aws.{verb}", {})


def terraform() -> object:
    verb = WORDS[1]
    if verb == "plan":
        out = next(word for word in WORDS if word.startswith("-out="))
        Path(out.removeprefix("-out=")).write_text(json.dumps(WORDS))
    said = answer(f"terraform.{verb}", {})
    assert isinstance(said, dict)
    sys.stdout.write(said.get("says", json.dumps(said) if verb == "show" else ""))
    sys.stdout.flush()
    sys.exit(said.get("code", 0))


def other() -> object:
    said = answer(f"{Path(sys.argv[0]).name}.{WORDS[0]}.{WORDS[1]}", "")
    sys.stdout.write(said if isinstance(said, str) else json.dumps(said))
    return None


def main() -> int:
    name = Path(sys.argv[0]).name
    with (HERE / "calls").open("a") as calls:
        calls.write(json.dumps([name, *WORDS]) + "\n")
    try:
        said = {"aws": aws, "terraform": terraform}.get(name, other)()
    except Failed as error:
        sys.stderr.write(f"{error}\n")
        return 254
    if said is not None:
        sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
