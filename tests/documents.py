"""The tables that documents share with the code: `python tests/documents.py` writes them, test_docs compares."""

import re
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from shared.settings import PREFIX, Settings
from shared.telemetry import FACTS

ROOT = Path(__file__).parents[1]


def settings_table() -> str:
    """Name, default and meaning of every setting, in the order of the code."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "required" if field.default is PydanticUndefined else _shown(field.default)
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def facts_table() -> str:
    """Every fact that the log tells."""
    rows = ["| fact | level | meaning |", "|---|---|---|"]
    rows += [f"| `{name}` | {fact.level} | {fact.meaning} |" for name, fact in FACTS.items()]
    return "\n".join(rows)


TABLES = {"README.md": {"settings": settings_table}, "ARCHITECTURE.md": {"facts": facts_table}}


def filled(text: str, name: str, table: str) -> str:
    """`text` with the table between the marks of that name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)


def _shown(default: object) -> str:
    if default in (None, ()):
        return "none"
    return "`" + (",".join(default) if isinstance(default, tuple) else str(default)) + "`"


if __name__ == "__main__":
    for document, tables in TABLES.items():
        path = ROOT / document
        text = path.read_text()
        for name, make in tables.items():
            text = filled(text, name, make())
        path.write_text(text)
    sys.stdout.write(f"wrote {', '.join(TABLES)}\n")
