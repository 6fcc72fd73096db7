"""The root of every named failure.

A class is a fact: its `code` is promised in the contract, its docstring is the default technical
message for the log, its `sentence` is what a customer reads. `detail` adds the fact of this case
to the sentence and must hold nothing personal: no text, name, number, key or address of a file.
"""

from typing import ClassVar


class CallscribeError(Exception):
    """Something that has a name went wrong."""

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, detail: str | None = None, **facts: object) -> None:
        """Keep `detail`, a sentence for the customer, and `facts` for the log."""
        super().__init__(detail or type(self).__doc__)
        self.detail = detail
        self.facts = facts

    @property
    def message(self) -> str:
        """What the customer reads."""
        return self.detail or self.sentence
