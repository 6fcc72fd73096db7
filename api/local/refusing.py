"""Problems that the gateway makes itself, before or instead of a function."""

from api.contract.problems import PROBLEM_TYPE, headers_of, problem_of
from api.local.events import Reply
from shared.errors.root import CallscribeError


def refusal(error: CallscribeError, request_id: str) -> Reply:
    """The answer that `error` asks for."""
    problem = problem_of(error, request_id)
    body = problem.model_dump_json().encode()
    headers = {"content-type": PROBLEM_TYPE, "x-request-id": request_id, "content-length": str(len(body))}
    told = {name.lower(): value for name, value in headers_of(error).items()}
    return Reply(problem.status, tuple({**headers, **told}.items()), body)


def encoded(reply: Reply) -> list[tuple[bytes, bytes]]:
    """The headers of `reply` as they go over the wire."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
