"""The runbook: its entries, the commands in it, and the table of alarms that is written from the extract."""

import re
from collections.abc import Iterator
from pathlib import Path

from alarms.cloudwatch.alarm import Alarm

RUNBOOK = Path(__file__).parents[3] / "infra" / "README.md"
PARTS = ("**Means**", "**First**", "**Causes**", "**Do**")
_SIGNS = {"GreaterThanThreshold": ">", "LessThanThreshold": "<", "LessThanLowerThreshold": "below its band"}


def entries(text: str) -> dict[str, str]:
    """What stands under each `###` of the part on alarms."""
    _, _, part = f"\n{text}".partition("\n## Alarms\n")
    headed = re.split(r"^### (.+)$", part.split("\n## ")[0], flags=re.MULTILINE)
    return dict(zip(headed[1::2], headed[2::2], strict=True))


def commands(entry: str) -> list[str]:
    """Every command of `aws` or `callscribe`: the lines of its block, and what stands in the text between backticks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", entry, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```sh\n.*?^```", "", entry, flags=re.MULTILINE | re.DOTALL)
    texts = [*(line for block in blocks for line in block.splitlines()), *re.findall(r"`([^`]+)`", prose)]
    return [command for text in texts for command in _of(text)]


def _of(text: str) -> Iterator[str]:
    """A command, and those within it in `$(…)`, each alone."""
    inner = re.findall(r"\$\(((?:aws|callscribe) [^()]*)\)", text)
    outer = re.sub(r'"?\$\([^()]*\)"?', "VALUE", text)
    yield from inner
    yield from re.findall(r"(?:^|do )((?:aws|callscribe) [^;]*)", outer)


def table(alarms: tuple[Alarm, ...]) -> str:
    """Which alarms there are, those that page first: why each rings, and when."""
    rows = ["| alarm | | because | rings at |", "|---|---|---|---|"]
    watching = sorted((alarm for alarm in alarms if alarm.priority), key=lambda alarm: (alarm.priority, alarm.name))
    rows += list(dict.fromkeys(_row(alarm) for alarm in watching))
    return "\n".join(rows)


def _row(alarm: Alarm) -> str:
    reason = alarm.description.removeprefix(f"{alarm.priority}: ").partition(". See ")[0]
    return f"| [{alarm.short}](#{heading(alarm)}) | {alarm.priority} | {reason} | {_bound(alarm)}, {_over(alarm)} |"


def heading(alarm: Alarm) -> str:
    """The anchor that its description names."""
    return alarm.description.partition("infra/README.md#")[2]


def filled(text: str, alarms: tuple[Alarm, ...]) -> str:
    """The runbook with the table between its marks."""
    return re.sub(r"(<!-- alarms -->\n).*?(<!-- /alarms -->)", rf"\g<1>{table(alarms)}\n\g<2>", text, flags=re.DOTALL)


def _bound(alarm: Alarm) -> str:
    sign = _SIGNS[alarm.comparison]
    return f"`{alarm.watched}` {sign}" if alarm.band else f"`{alarm.watched}` {sign} {alarm.threshold:g}"


def _over(alarm: Alarm) -> str:
    often = f"{alarm.points} of {alarm.periods}" if alarm.points != alarm.periods else str(alarm.periods)
    silence = ", silence counts" if alarm.missing == "breaching" else ""
    return f"{often} x {alarm.period_s // 60} min{silence}"
