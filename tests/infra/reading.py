"""The Terraform source as data, read with python-hcl2: no Terraform is needed to ask what is written there."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
from infra.terraform import ROOT


@functools.cache
def parsed(path: Path) -> Any:
    """One file."""
    return hcl2.loads(path.read_text("utf-8"))


def unquoted(text: str) -> str:
    """A label or text as it is written: the parser leaves its quotes on."""
    return text.removeprefix('"').removesuffix('"')


def blocks(kind: str, paths: Iterator[Path] | None = None) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Labels and body of each block of a kind at the top of the root module's files, or of others."""
    for path in sorted(paths or ROOT.glob("*.tf")):
        for block in parsed(path).get(kind, []):
            yield from _labelled(block)


def _labelled(block: Any, labels: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if "__is_block__" in block:
        yield labels, block
        return
    for label, inner in block.items():
        yield from _labelled(inner, (*labels, unquoted(label)))


def runs() -> Iterator[tuple[str, str, Any]]:
    """File, name and body of each run of `terraform test`."""
    for path in sorted((ROOT / "tests").glob("*.tftest.hcl")):
        for (name,), body in blocks("run", iter([path])):
            yield path.name, name, body
