"""`callscribe admin rebuild`: a table that was lost is made anew from the bucket."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

import typer

from api.cli.commands.admin.auditing import MOST_PAGES, Say
from api.cli.commands.admin.showing import counting
from api.cli.options import asks
from api.cli.session import Session
from shared.protocol.auditing import tenants
from shared.protocol.drive import World, drive
from shared.protocol.rebuilding import Candidate, Plan, Word, candidates, restore

AT_ONCE = 16
"""Jobs that are restored side by side: the time goes into waiting for the bucket."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A page of jobs: what became of those without a row, and how many have one."""

    jobs: tuple[tuple[Candidate, Word], ...]
    there: int


@dataclass(frozen=True, slots=True)
class How:
    """Whose rows, and how they are rebuilt."""

    tenant: Annotated[str | None, typer.Option(help="whose jobs; by default everybody's")] = None
    preview: Annotated[bool, typer.Option("--preview", help="say what would be done, and change nothing")] = False
    republish: Annotated[
        bool, typer.Option("--republish", help="have the ends of completed jobs told again, under the same ids")
    ] = False


@asks
def rebuild_command(session: Session, how: How) -> None:
    """Make a lost table anew from the bucket: point-in-time recovery comes first, this when there is none.

    A job with a transcript is completed again; one without is queued, and the reconciler rings for it: also one that
    had failed or was canceled, since only the table knew. A row that is there is never touched, so a run that was
    broken off is simply begun again. Batches, keys, endpoints and receipts are in the table alone and do not come
    back, nor what was erased. Decide on --republish at once: a row that is there is not told again.
    """
    # boto3 costs every command half a second; only these need it.
    from shared.aws.clients import connect  # noqa: PLC0415
    from shared.aws.world import connect_world  # noqa: PLC0415
    from shared.settings import load  # noqa: PLC0415

    settings = load()
    plan = Plan(settings.bucket, session.now(), republish=how.republish, writes=not how.preview)
    done: Counter[str] = Counter()
    with counting(session, "jobs") as say:
        for page in rebuild(connect_world(connect(), settings), how.tenant, plan, say):
            done[Word.THERE] += page.there
            done.update(word for _, word in page.jobs)
            told = [(one, word) for one, word in page.jobs if how.preview or word.is_loss]
            for one, word in told:
                print(f"{one.tenant}  {one.id}  {word.value}")
    for word in Word:
        session.say(f"{done[word]:>9,}  {word.value}")


def rebuild(world: World, tenant: str | None, plan: Plan, say: Say = lambda *_: None) -> Iterator[Restored]:
    """Restore every job of `tenant`, or of all, that has no row; what became of each, page by page."""
    for one in (tenant,) if tenant else drive(tenants(), world):
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="rebuild") as pool:
            yield from _of_tenant(world, one, plan, pool, say)


def _of_tenant(world: World, tenant: str, plan: Plan, pool: ThreadPoolExecutor, say: Say) -> Iterator[Restored]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = drive(candidates(tenant, after), world)
        words = pool.map(lambda one: drive(restore(one, plan), world), page.missing)
        yield Restored(tuple(zip(page.missing, words, strict=True)), page.there)
        say(f"jobs of {tenant}", len(page.missing) + page.there)
        after = page.last
        if after is None:
            return
