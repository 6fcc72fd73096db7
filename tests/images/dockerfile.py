"""A Dockerfile as a list of instructions, and a .dockerignore as a question: enough for the rules that we keep."""

import json
import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from string import Template

FLAG = re.compile(r"--([a-z-]+)(?:=(\S+))?\s+")


@dataclass(frozen=True)
class Instruction:
    """One instruction; `flags` are its `--name=value` words, several of one name joined by a space."""

    word: str
    value: str
    flags: dict[str, str]
    stage: str

    @property
    def paths(self) -> list[str]:
        """What a COPY names."""
        return shlex.split(self.value)

    @property
    def is_exec(self) -> bool:
        """Whether it is in exec form: a JSON list, no shell between."""
        return self.value.removeprefix("CMD").strip().startswith("[")

    @property
    def words(self) -> list[str]:
        """The words of an exec form."""
        return json.loads(self.value.removeprefix("CMD").strip())


def read(path: Path) -> list[Instruction]:
    """The instructions of a Dockerfile, each with the stage it stands in; a stage without a name is `final`."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found, stage = [], ""
    for line in filter(str.strip, text.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stage = rest.partition(" AS ")[2] or "final"
        flags = {}
        while flag := FLAG.match(rest):
            flags[flag[1]] = f"{flags.get(flag[1], '')} {flag[2] or ''}".strip()
            rest = rest[flag.end() :]
        found.append(Instruction(word, rest.strip(), flags, stage))
    return found


def environment(instructions: list[Instruction]) -> dict[str, str]:
    """What ENV of the last stage sets, with the defaults of its ARGs; words of the base stay as they are."""
    known: dict[str, str] = {}
    chosen = [one for one in instructions if one.stage == "final" and one.word in {"ARG", "ENV"}]
    for name, _, value in (word.partition("=") for one in chosen for word in shlex.split(one.value)):
        known[name] = Template(value).safe_substitute(known)
    arguments = {one.value.partition("=")[0] for one in instructions if one.word == "ARG"}
    return {name: value for name, value in known.items() if name not in arguments}


def is_ignored(name: str, rules: list[str]) -> bool:
    """Whether a .dockerignore of `rules` keeps a file out of the build; the last rule that fits decides."""
    verdict = False
    for rule in rules:
        pattern = rule.removeprefix("!").rstrip("/")
        parts = name.split("/")
        heads = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
        if any(_fits(head, pattern) for head in heads):
            verdict = not rule.startswith("!")
    return verdict


def rules_of(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def _fits(head: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(head.rpartition("/")[2], pattern.removeprefix("**/"))
    return head.count("/") == pattern.count("/") and fnmatchcase(head, pattern)
