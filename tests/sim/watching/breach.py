"""A breach of a promise ends the schedule that shows it."""


class Breach(AssertionError):
    """A promise did not hold; `rule` names it, the sentence says what was seen."""

    def __init__(self, rule: str, seen: str) -> None:
        super().__init__(f"{rule}: {seen}")
        self.rule = rule
        self.seen = seen


def require(holds: object, rule: str, seen: str) -> None:
    """Raise a breach of `rule` unless `holds`."""
    if not holds:
        raise Breach(rule, seen)
