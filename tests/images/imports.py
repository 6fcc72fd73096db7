"""What a module imports when it is run, read from its text: nothing is executed, types alone do not count."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def imported(text: str) -> set[str]:
    """Names of modules, and of what is taken from them, that `text` imports wherever it does."""
    return set(_names(ast.parse(text)))


def reached(root: Path, modules: Iterable[str]) -> tuple[set[str], set[str]]:
    """What `modules` of the tree at `root` need, directly or not: files of the tree, and foreign top-level names."""
    files, foreign, waiting = set(), set(), list(modules)
    for module in waiting:
        top = module.split(".")[0]
        if not (root / top).is_dir():
            foreign.add(top)
            continue
        for file in _files(root, module):
            if file not in files:
                files.add(file)
                waiting += sorted(imported((root / file).read_text("utf-8")))
    return files, foreign


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def _files(root: Path, module: str) -> Iterator[str]:
    """The files that importing `module` runs: its packages on the way, and itself."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        path = Path(*parts[:length])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if (root / file).is_file():
                yield file.as_posix()
