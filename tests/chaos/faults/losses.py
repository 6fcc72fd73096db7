"""Losses that only the bucket, the decoder's walls or an exit code can mend."""

from collections.abc import Iterable

from chaos.checks.verdict import Expected, Verdict
from chaos.processes import until
from chaos.roles.healing import Healing, clock
from chaos.roles.submitting import Submitting, submit
from chaos.roles.working import Working, work
from chaos.seeding import queued, recording
from chaos.wave import Wave

from shared.emulator.making import table_definition
from shared.job import Job, Status
from shared.protocol.drive import drive
from shared.protocol.rebuilding import Plan, candidates, restore

JOBS = 8
WEDGED = 70
ENDS_S = 40.0
MINUTES_AHEAD_S = 125.0


def table_dropped(wave: Wave) -> Verdict:
    """The table is lost with half of the calls done: rebuilt from the bucket alone, every one ends."""
    for number in range(JOBS):
        wave.family.start(submit, wave.place, wave.journal, Submitting(f"key-{number}"))
    wave.family.await_end(ENDS_S)
    wave.expect([wave.place.job(note.job_id) for note in wave.journal.notes("accepted")], Expected(heard=None))
    wave.family.start(work, wave.place, wave.journal, Working(engine_s=0.3))
    wave.noted("deleting", JOBS // 2)
    wave.family.kill()
    before = sum(row.status is Status.COMPLETED for row in wave.rows().values())
    dynamodb, table = wave.place.clients.dynamodb, f"jobs-{wave.place.name}"
    dynamodb.delete_table(TableName=table)
    dynamodb.create_table(**table_definition(table))
    words = _rebuilt(wave)
    wave.heal(Healing(ahead_s=MINUTES_AHEAD_S))
    done = until(lambda: len(wave.rows()) == JOBS and _all_completed(wave.rows().values()), ENDS_S, 0.5)
    verdict = Verdict(lost=sum(not row.status.is_terminal for row in wave.rows().values()))
    verdict.ends.update(row.status.value for row in wave.rows().values())
    verdict.breaches = [] if done else ["not every call has completed"]
    verdict.measured.append(f"{before} of {JOBS} were completed; rebuilt: {words}")
    return verdict


def wedged(wave: Wave) -> Verdict:
    """The engine hangs: the process ends with code 70, and others take over."""
    jobs = queued(wave.place, 3)
    wave.expect(jobs, Expected(attempts=None))
    wave.family.start(work, wave.place, wave.journal, Working(neighbours=2, engine_s=600.0, wedges_after_s=3.0))
    wave.family.await_end(ENDS_S)
    codes = list(wave.family.ended)
    wave.heal()
    is_quiet = wave.await_quiet()
    return wave.verdict(
        "" if codes == [WEDGED] else f"ended with {codes}, not {WEDGED}", "" if is_quiet else "it never became quiet"
    )


def decoder_starved(wave: Wave) -> Verdict:
    """A call whose decoder runs out of memory fails by that name, once; its neighbours complete."""
    from corpus.families.boxes import stts  # noqa: PLC0415 - imports FFmpeg, which only this fault needs

    good = queued(wave.place, 5, body=recording())
    bad = queued(wave.place, 1, body=stts())
    wave.expect(good, Expected(attempts=1))
    wave.expect(bad, Expected(("failed",), attempts=1, heard=0))
    wave.heal()
    is_quiet = wave.await_quiet()
    codes = {row.error.code for row in wave.rows().values() if row.error}
    known = codes and codes <= {"decode_failed", "decode_memory_limit"}
    verdict = wave.verdict("" if is_quiet else "it never became quiet", "" if known else f"failed with {codes}")
    verdict.measured.append(f"failed with {', '.join(sorted(codes))}")
    return verdict


def _all_completed(rows: Iterable[Job]) -> bool:
    return all(row.status is Status.COMPLETED for row in rows)


def _rebuilt(wave: Wave) -> dict[str, int]:
    world, plan = wave.place.world(), Plan(wave.place.bucket, clock(0.0)())
    page = drive(candidates(wave.place.tenant, None), world)
    words = [drive(restore(one, plan), world) for one in page.missing]
    return {word.value: words.count(word) for word in set(words)}
