"""Run by the Python of `.venv-supply`: hold bills of materials against the schema, print what does not fit."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if __name__ == "__main__":
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    for path in map(Path, sys.argv[1:]):
        fault = validator.validate_str(path.read_text("utf-8"))
        if fault:
            print(f"{path}: {str(fault.data)[:300]!r}")
