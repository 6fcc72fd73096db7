"""While an image is built: a model's files are what its list of sha256s says, and the list is the one that was meant.

python check_model.py FOLDER [SHA256]
"""  # noqa: INP001 - a program of the build, no package

import hashlib
import sys
from pathlib import Path

from shared.errors.root import CallscribeError
from worker.speech import manifest
from worker.speech.model import NEEDED


def main(folder: Path, sha256: str) -> str | None:
    """A sentence that says what is wrong, or None.

    Args:
        folder: the model, in CTranslate2 form.
        sha256: of the list, in hexadecimal; empty if nobody said which is meant.
    """
    try:
        manifest.check(folder, NEEDED, required=True)
    except CallscribeError as error:
        return error.message
    held = hashlib.sha256((folder / manifest.NAME).read_bytes()).hexdigest()
    if sha256 and held != sha256:
        return f"{folder / manifest.NAME} has the sha256 {held}, and {sha256} was meant: this is another model."
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "".join(sys.argv[2:])))
