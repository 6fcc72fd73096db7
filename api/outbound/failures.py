"""Why an attempt got no answer: one short word each, kept in the log of deliveries."""

from enum import StrEnum


class Failure(StrEnum):
    """The words; an attempt that was answered has none, whatever the status."""

    URL_NOT_ALLOWED = "url_not_allowed"
    NAME_NOT_FOUND = "name_not_found"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_FAILED = "connection_failed"
    CONNECTION_CLOSED = "connection_closed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    BAD_ANSWER = "bad_answer"
    TOO_LONG_ANSWER = "too_long_answer"


class Unanswered(Exception):
    """The attempt ended without an answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure
