"""The tables that documents share with the code: `python tests/documents.py` writes them, test_docs compares."""

import re
import sys
from pathlib import Path

from pydantic_core import PydanticUndefined

from shared.settings import PREFIX, Settings
from shared.telemetry import FACTS, METRICS, SOURCES, SPANS

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


def metrics_table() -> str:
    """Every metric: its unit, its dimensions beside `env`, the facts that give it, and what it means."""
    rows = ["| metric | unit | dimensions | told by | meaning |", "|---|---|---|---|---|"]
    for name, metric in METRICS.items():
        told_by = ", ".join(f"`{fact}`" for fact, own in SOURCES.items() if any(one.metric == name for one in own))
        unit = "" if metric.unit == "None" else metric.unit
        rows.append(f"| `{name}` | {unit} | {', '.join(metric.dimensions)} | {told_by} | {metric.meaning} |")
    return "\n".join(rows)


def spans_table() -> str:
    """Every span of a trace."""
    return "\n".join(
        ["| span | what it covers |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in SPANS.items())]
    )


TABLES = {
    "README.md": {"settings": settings_table},
    "ARCHITECTURE.md": {"facts": facts_table, "metrics": metrics_table, "spans": spans_table},
}


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
