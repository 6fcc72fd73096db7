"""Mutants: the protocol, or the world around it, with one safeguard taken away; each must be caught.

A mutant replaces one place in the text of one module, as it is imported into a fresh process. The place must be
found exactly once. The pairs are those whose loss a second safeguard would hide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TELL_AND_DELETE = """    try:
        yield from announce(ending.job, base_url)
    except EventsUnavailable:
        yield Hide(receipt, backoff_s(receipt.receive_count - 1))
        return Outcome.UNPUBLISHED
    yield Delete(receipt)
"""
DELETE_AND_TELL = """    yield Delete(receipt)
    try:
        yield from announce(ending.job, base_url)
    except EventsUnavailable:
        return Outcome.UNPUBLISHED
"""
OWN_ETAG = "'\"' + hashlib.md5(body).hexdigest() + '\"'"
WORKING = "shared.protocol.working"
CLAIMING = "shared.protocol.claiming"
ANNOUNCING = "shared.protocol.announcing"
STORING = "shared.protocol.attending.storing"
OURS = 'return ((Where("fence", "=", fence), Where("status", "=", Status.PROCESSING.value)),)'


@dataclass(frozen=True, slots=True)
class Cut:
    """In which module which text becomes which."""

    module: str
    text: str
    becomes: str


MUTANTS: Mapping[str, tuple[Cut, ...]] = {
    "no-if-none-match": (Cut("sim.services.bucket", "self.writes_once = True", "self.writes_once = False"),),
    "no-outbox": (Cut(WORKING, '"state": "pending", "at": now}', '"state": "published", "at": now}'),),
    "random-event-id": (
        Cut(
            ANNOUNCING,
            "event = event_of(job, sequence, entry, base_url)\n",
            "event = event_of(job, sequence, entry, base_url).model_copy("
            'update={"id": f"evt_{__import__(\'uuid\').uuid4().hex}"})\n',
        ),
    ),
    "no-reconciler": (
        Cut("sim.actors.functions", "        if at != self._next_run_at:\n            return\n", "        return\n"),
    ),
    "commit-before-s3": (
        Cut(
            STORING,
            "    etag: str | None = yield PutObject(job.transcript_key, body, metadata)\n",
            f"    LATE[job.id] = PutObject(job.transcript_key, body, metadata)\n    etag = {OWN_ETAG}\n",
        ),
        Cut(STORING, "def adopt(", "LATE = {}\n\n\ndef adopt("),
        Cut(
            WORKING,
            "        return Ending(Outcome.COMPLETED, job)\n",
            "        from shared.protocol.attending.storing import LATE\n"
            "        late = LATE.pop(held.job.id, None)\n"
            "        if late:\n"
            "            yield late\n"
            "        return Ending(Outcome.COMPLETED, job)\n",
        ),
    ),
    "transcript-before-its-sound": (
        Cut(STORING, "    if made.listening is not None:\n", "    if False:\n"),
        Cut(
            STORING,
            "    return Stored(_result(made.transcript, pointer), made.facts, now)\n",
            '    yield PutObject(f"{job.listening_key}.webm", made.listening.audio, metadata)\n'
            '    yield PutObject(f"{job.listening_key}.json", made.listening.peaks, metadata)\n'
            "    return Stored(_result(made.transcript, pointer), made.facts, now)\n",
        ),
    ),
    "trust-own-write-on-412": (
        Cut(STORING, "    if etag is None:\n", f"    etag = etag or {OWN_ETAG}\n    if etag is None:\n"),
    ),
    "no-fence": (Cut(WORKING, OURS, 'return ((Where("status", "=", Status.PROCESSING.value),),)'),),
    "blind-commit": (
        Cut(
            WORKING,
            "    answer: Answer = yield ChangeRow(held.job.row_key, ours(held.fence), sets)\n    job = answer.job\n"
            "    if isinstance(answer, Changed) or (\n",
            "    answer: Answer = yield ChangeRow(held.job.row_key, ((),), sets)\n    job = answer.job\n"
            "    if isinstance(answer, Changed) or (\n",
        ),
    ),
    "delete-first": (
        Cut(
            CLAIMING,
            "        return Claim(job, receipt)\n",
            "        from shared.protocol.intents import Delete\n"
            "        yield Delete(receipt)\n"
            "        return Claim(job, receipt)\n",
        ),
    ),
    "delete-on-busy": (
        Cut(
            ANNOUNCING,
            "            yield Hide(receipt, ending.hide_s)\n",
            "            yield Delete(receipt) if ending.outcome is Outcome.HELD else Hide(receipt, ending.hide_s)\n",
        ),
    ),
    "publish-after-delete": (Cut(ANNOUNCING, TELL_AND_DELETE, DELETE_AND_TELL),),
    "ignore-lost-lease": (Cut("sim.actors.beating", "worker.give_up(held, LeaseLost())", "pass"),),
    "no-lease": (Cut(CLAIMING, 'Where("lease_until", "<", terms.now), *free)', "*free)"),),
    "delete-on-missing-row": (
        Cut(
            ANNOUNCING,
            "        case Outcome.LOST | Outcome.UNKNOWN |",
            "        case Outcome.UNKNOWN:\n            yield Delete(receipt)\n            return ending.outcome\n"
            "        case Outcome.LOST |",
        ),
    ),
    "no-checkpoint": (
        Cut("shared.protocol.attending.checkpoints", "    if job.checkpoint is None:\n", "    if True:\n"),
    ),
    "no-solo-rule": (
        Cut(CLAIMING, "    if not terms.alone:\n", "    if False:\n"),
        Cut("sim.actors.workers", "return any(held.claim.job.attempts > 1 for held in self.held)", "return False"),
    ),
    "retry-resets-the-fence": (
        Cut("shared.protocol.controlling", '    "attempts": 0,\n', '    "attempts": 0,\n    "fence": 0,\n'),
    ),
    "no-sweeps": (Cut("shared.erasure", "SWEEPS_AFTER_S = (3_600, 13 * 3_600)", "SWEEPS_AFTER_S = (0, 0)"),),
    "releases-are-charged": (Cut(WORKING, "0 if charged else -1", "0"),),
}
PAIRS: tuple[tuple[str, ...], ...] = (
    ("delete-first", "no-reconciler"),
    ("delete-on-busy", "no-reconciler"),
    ("publish-after-delete", "no-reconciler"),
    ("ignore-lost-lease", "no-if-none-match"),
)
HIDDEN = frozenset({"ignore-lost-lease"})
"""Caught in its pair only: alone another safeguard makes it harmless."""


def everyone() -> tuple[tuple[str, ...], ...]:
    """Every mutant that must be caught, alone or as a pair."""
    return (*((name,) for name in MUTANTS if name not in HIDDEN), *PAIRS)
