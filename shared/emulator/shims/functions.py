"""Gap 16: moto runs functions in Docker. Ours run elsewhere; here they only stand, with all their settings."""

from typing import Any

from moto.awslambda.models import LambdaFunction

from shared.emulator.shims.patching import replace

ANSWER = '{"errorMessage": "functions are not run here"}'


def invoke_lambda(self: Any, event: Any = None) -> tuple[str, bool, str]:
    """Answer as a function that failed, at once and without a container."""
    del self, event
    return ANSWER, True, ""


def install() -> None:
    """Close the half of gap 16 that is about functions."""
    replace(LambdaFunction, _invoke_lambda=invoke_lambda)
