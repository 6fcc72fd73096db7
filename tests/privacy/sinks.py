"""Where words may run out, what was found there of which kind, and what is documented to stand there."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from privacy.canaries import SAID, Canaries
from privacy.forms import forms_of

SINKS = (
    "logs, JSON",
    "logs, text",
    "logs of libraries",
    "traces",
    "uncaught errors",
    "standard output",
    "doorbells",
    "delivery rings",
    "dead letters",
    "events",
    "event attributes",
    "webhook headers",
    "webhook bodies",
    "answers to the owner",
    "answers to other tenants",
    "answers to nobody",
    "object keys",
    "object metadata",
    "object bodies elsewhere",
    "table keys",
    "table rows",
    "admin output",
)
OURS = frozenset(
    {"metadata", "name", "phone", "phone as dialled", "email", "iban", "tag", "reference", "object key", "a stranger's"}
)
TO_THE_OWNER = frozenset(
    {*SAID, "api key", "webhook secret", "signature"} - {"a stranger's", "subject_ref", "receiver's answer", "api key"}
)
TOLD = frozenset({"reference", "a stranger's"})
DOCUMENTED: Mapping[str, frozenset[str]] = {
    # The reference is the caller's own id of the call: the contract sends it along, and says to put nobody into it.
    "events": TOLD,
    "event attributes": TOLD,
    "webhook bodies": TOLD,
    # Only its hash, for a day: by it a repeated request is known.
    "table keys": frozenset({"idempotency key"}),
    # The row's own fields of its tenant: what was said of a job, and the endpoints with their secrets.
    "table rows": OURS | {"webhook path", "webhook note", "webhook secret"},
    "answers to the owner": TO_THE_OWNER,
    "answers to other tenants": frozenset({"a stranger's"}),
}
"""What may stand where; anything else is a leak."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A kind of canary in a sink, and the form in which it was found first."""

    sink: str
    kind: str
    form: str
    times: int

    @property
    def is_leak(self) -> bool:
        return self.kind not in DOCUMENTED.get(self.sink, frozenset())


@dataclass
class Sinks:
    """All that ran out, by sink."""

    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pour(self, sink: str, *texts: str) -> None:
        assert sink in SINKS, f"{sink} is no sink of the list"
        with self.lock:
            self.texts[sink] += texts

    def hits(self, canaries: Canaries) -> Iterator[Hit]:
        """What was found, sink by sink."""
        for sink in SINKS:
            whole = "\n".join(dict.fromkeys(self.texts[sink])).lower()
            for kind, texts in canaries.texts.items():
                yield from _hit(sink, kind, texts, whole)

    def leaks(self, canaries: Canaries) -> list[Hit]:
        return [hit for hit in self.hits(canaries) if hit.is_leak]


def _hit(sink: str, kind: str, texts: set[str], whole: str) -> Iterator[Hit]:
    found: Counter[str] = Counter()
    for text in texts:
        for form in forms_of(text):
            if form in whole:
                found[form] += whole.count(form)
    if found:
        yield Hit(sink, kind, max(found, key=len), found.total())
