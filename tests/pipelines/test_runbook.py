"""The deploy guide says what is there: every variable, every script and role by its own name."""

import re
from pathlib import Path

import hcl2

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "infra" / "README.md").read_text("utf-8").split("## Alarms")[0]


def section(name: str) -> str:
    return GUIDE.split(f"\n## {name}\n")[1].split("\n## ")[0]


def declared() -> list[str]:
    """Names of all variables, in the order in which they are declared."""
    files = [ROOT / "infra" / f"variables{part}.tf" for part in ("", "_artifacts", "_capacity")]
    assert set(files) == set((ROOT / "infra").glob("variables*.tf"))
    blocks = [block for file in files for block in hcl2.loads(file.read_text("utf-8"))["variable"]]
    return [name.strip('"') for block in blocks for name in block]


def test_the_guide_names_every_variable_and_no_other():
    told = re.findall(r"^\| `([a-z_]+)` \|", section("Variables"), re.MULTILINE)

    assert told == declared()


def test_the_guide_names_scripts_and_targets_that_exist():
    scripts = re.findall(r"\.github/scripts/([a-z.]+)", GUIDE)
    targets = re.findall(r"`make ([a-z-]+)", GUIDE)

    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert [name for name in scripts if not (ROOT / ".github/scripts" / name).exists()] == []
    assert [name for name in targets if f"\n{name}:" not in makefile] == []


def test_the_guide_makes_every_environment_that_workflows_name():
    flows = "".join(path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml"))
    named = set(re.findall(r"^    environment: ([a-z-]+)$", flows, re.MULTILINE))

    made = re.search(r"for env in ([a-z -]+); do", GUIDE)

    assert made is not None
    assert set(made[1].split()) == named


def test_the_guide_says_what_was_never_seen():
    unseen = section("First day on staging")

    assert "has run on AWS or on GitHub" in GUIDE
    assert unseen.count("\n| ") >= 15


def test_every_repository_variable_is_explained():
    flows = "".join(path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml"))

    unexplained = set(re.findall(r"vars\.([A-Z_0-9]+)", flows)) - set(re.findall(r"[A-Z_0-9]{4,}", GUIDE))

    assert unexplained == set()
