"""A workflow runs actions by commit, with the rights it names, and no word of a stranger inside a command."""

import pytest
from supply.checks import here
from supply.checks.workflows import faults
from supply.tools import ROOT

GOOD = f"""
on: pull_request
permissions: {{}}
concurrency: check
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    strategy:
      matrix:
        target: [test]
    steps:
      - uses: actions/checkout@{"c0ffee12" * 5} # v7.0.1
        with:
          persist-credentials: false
      - run: make check
"""
BROKEN = {
    "an action by tag": GOOD.replace("c0ffee12" * 5 + " #", "v7 #"),
    "an action by a short commit": GOOD.replace("c0ffee12" * 5, "c0ffee12"),
    "a commit without its release": GOOD.replace(" # v7.0.1", ""),
    "an image as action": GOOD.replace("actions/checkout@", "docker://alpine@"),
    "all rights by default": GOOD.replace("permissions: {}", ""),
    "all rights for a job": GOOD.replace("permissions:\n      contents: read", "permissions: write-all"),
    "no rights named by a job": GOOD.replace("    permissions:\n      contents: read\n", ""),
    "a token left in the checkout": GOOD.replace("persist-credentials: false", "persist-credentials: true"),
    "a token left by default": GOOD.replace("persist-credentials: false", "fetch-depth: 0"),
    "no limit of time": GOOD.replace("    timeout-minutes: 5\n", ""),
    "nothing against two at once": GOOD.replace("concurrency: check\n", ""),
    "a runner that changes": GOOD.replace("ubuntu-24.04", "ubuntu-latest"),
    "a stranger's branch with our rights": GOOD.replace("on: pull_request", "on: [pull_request_target]"),
    "a stranger's title in a command": GOOD.replace("make check", 'echo "${{ github.event.pull_request.title }}"'),
    "a target that is not there": GOOD.replace("make check", "make chekc"),
    "a target of a matrix that is not there": GOOD.replace("[test]", "[test, tset]"),
}


def test_a_workflow_with_few_rights_has_no_fault():
    assert faults(GOOD, {"check", "test"}) == []


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_workflow_that_opens_a_door_is_named(text):
    assert len(faults(text, {"check", "test"})) == 1


def test_our_workflows_have_no_fault():
    assert len(list((ROOT / ".github" / "workflows").glob("*.yml"))) >= 2
    assert here.flows(ROOT) == []
