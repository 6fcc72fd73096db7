"""Tiers D to F: skipped where there is no Terraform, with one line that counts why."""

from collections import Counter

import pytest
from infra.terraform import NO_PROVIDER, NO_TERRAFORM, Terraform, obstacle

SHORT = {NO_PROVIDER: "no provider", NO_TERRAFORM: "no terraform"}
ENVIRONMENTS = ("dev", "staging", "prod", "local")
NEEDS_TERRAFORM = ("infra", "infra_full")


TIERED = pytest.StashKey[set[str]]()


def pytest_collection_modifyitems(config, items):
    reason = obstacle()
    tiered = [item for item in items if any(item.get_closest_marker(name) for name in NEEDS_TERRAFORM)]
    config.stash[TIERED] = {item.nodeid for item in tiered}
    for item in tiered if reason else ():
        item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter, config):
    """Say how much of the infrastructure was looked at: `infra: 0 run, 70 skipped (70 no provider)`."""
    reports = [
        report
        for kind in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.getreports(kind)
        if report.nodeid in config.stash.get(TIERED, ())
    ]
    ran = {report.nodeid for report in reports if report.outcome != "skipped"}
    why = Counter(_reason(report) for report in reports if report.outcome == "skipped")
    if reports:
        told = ", ".join(f"{count} {reason}" for reason, count in why.items())
        skipped = f"{why.total()} skipped" + (f" ({told})" if told else "")
        terminalreporter.write_line(f"infra: {len(ran)} run, {skipped}")


def _reason(report):
    sentence = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
    return SHORT.get(sentence, sentence or "unknown")


@pytest.fixture(scope="session")
def terraform(workplace):
    """The root module in a place of its own, ready to validate and test: it speaks to nobody."""
    made = Terraform.copied(workplace / "alone")
    made.init()
    return made


@pytest.fixture(params=ENVIRONMENTS)
def plan(plans, request):
    """The plan of each environment."""
    return plans(request.param)
