"""How a failure reaches a person: what happened, what to do about it, and the exit code for a program."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup

from api.cli.session import NoKey, Session
from api.client import ApiError
from shared.errors.root import CallscribeError
from shared.errors.transient import StorageUnavailable
from shared.settings import BAD_CONFIGURATION, BadConfiguration

FAILED = 1
NEW_KEY = "make one with `callscribe keys create --tenant NAME`, and set CALLSCRIBE_API_KEY or give --key"
LATER = "try again later; nothing was changed"
ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "no_key": f"run `callscribe up`, which writes one to .local/env, or {NEW_KEY}",
        "api_unreachable": "start it with `callscribe up`, or set CALLSCRIBE_URL or --url; see `callscribe doctor`",
        "not_the_service": "set CALLSCRIBE_URL or --url to the address of the service, without /v1",
        "store_refused": "send it again: the upload is gone on with",
        "unauthenticated": f"the key is wrong, revoked or expired: {NEW_KEY}",
        "forbidden": "use a key that has this scope: `callscribe keys create --scopes …`",
        "not_found": "look for it with `callscribe list`; a key sees the calls of its own tenant only",
        "not_ready": "wait for its end with `callscribe watch`",
        "no_transcript": "`callscribe show` says why; `callscribe retry` tries it again",
        "no_recording": "`callscribe show` says how it ended; a batch transcribes a call of an older version again",
        "state_conflict": "`callscribe show` says where it stands",
        "upload_missing": "submit the recording again",
        "erased": "it is gone for good; submit the recording again if you must",
        "audio_expired": "submit the recording again",
        "validation_failed": "mend the field that is named; --help lists the options",
        "bucket_not_allowed": "ask who runs the service to allow the bucket",
        "audio_not_found": "check bucket and key of the address",
        "audio_access_denied": "let the service read the bucket",
        "audio_too_large": "split the recording, or compress it",
        "empty_file": "check the recording: it holds no bytes",
        "url_not_allowed": "give an https address with a host name, on port 443",
        "idempotency_key_reused": "send it under another key",
        "rate_limited": LATER,
        "queue_full": LATER,
        "quota_exceeded": LATER,
        "unavailable": LATER,
        "internal_error": "tell who runs the service the id of the request",
    }
)


class Telling(TyperGroup):
    """The commands, with one place that tells what went wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run one command; a failure that has a name ends it with that name, and never with a trace."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (CallscribeError, OSError) as error:
            session: Session = ctx.obj
            tell(session, error)
            raise typer.Exit(_exit_code(error)) from error


def tell(session: Session, error: Exception, about: str = "") -> None:
    """Two lines: what happened (`about` names the thing it happened to), and what to do."""
    what = f"{about}: {error}" if about else f"callscribe: {error}"
    session.warn(what)
    if advice := advice_for(error):
        session.warn(f"  {advice}", style=None)


def advice_for(error: Exception) -> str:
    """What to do about `error`; empty where its message says all."""
    if isinstance(error, StorageUnavailable):
        aws = error.facts.get("aws")
        return f"AWS does not answer ({aws}): check AWS_DEFAULT_REGION, AWS_ENDPOINT_URL and the credentials"
    if not isinstance(error, ApiError):
        return ADVICE.get(getattr(error, "code", ""), "")
    advice = ADVICE.get(error.problem) or ADVICE.get(error.code, "")
    pause = f"; the service asks for {error.retry_after_s:.0f} s" if error.retry_after_s else ""
    request = f" ({error.request_id})" if error.status >= 500 and error.request_id else ""  # noqa: PLR2004 - HTTP
    return advice + pause + request


def _exit_code(error: Exception) -> int:
    return BAD_CONFIGURATION if isinstance(error, (BadConfiguration, NoKey)) else FAILED
