"""What operators do with the table, the bucket and the queues, with the rights of their policy."""

from permissions.acting.seeding import Seeds
from permissions.stage import ACCOUNT, BUCKET, Stage

from api.cli.commands.admin import Wanted, redrive
from api.cli.commands.admin.auditing import audit
from api.cli.commands.admin.rebuilding import rebuild
from shared.errors.jobs import DecodeFailed, UploadExpired
from shared.keys import SCOPES, Grant
from shared.protocol.drive import drive
from shared.protocol.intents import DeleteRow
from shared.protocol.rebuilding import Plan
from shared.protocol.working import fail_unclaimed


def keep_keys(stage: Stage) -> None:
    """`callscribe keys create`, `allow-role`, `list`, `revoke`."""
    keys, now, grant = stage.keys(), stage.now(), Grant("sales", SCOPES)
    role = keys.allow_role(f"arn:aws:iam::{ACCOUNT}:role/leaver", grant, now)
    text = keys.create(grant, now)
    assert len(keys.every("sales")) >= 2
    assert keys.revoke(text, now)
    assert keys.revoke(role, now)


def administer(stage: Stage, seeds: Seeds) -> None:
    """`callscribe admin redrive`, `audit`, `rebuild`."""
    world = stage.actors["operator"].world
    for lane, audio in (
        ("batch", None),
        ("interactive", seeds.source("plain")),
        ("interactive", seeds.source("call-90")),
    ):
        seeds.failed(DecodeFailed(), audio, lane=lane)
    late = seeds.submitted()
    drive(fail_unclaimed(late, UploadExpired(stage="uploading"), stage.now()), seeds.world)
    seeds.put(late.audio)
    assert len(list(redrive(Wanted("sales", frozenset(), 0.0), world, stage.now()))) >= 2
    for lost in (
        seeds.completed(),
        seeds.queued(),
        seeds.queued(seeds.source("call-91")),
        seeds.batch(seeds.new_call(2)),
    ):
        seeds.world.perform(DeleteRow(lost.row_key))
    assert sum(len(page.jobs) for page in rebuild(world, None, Plan(BUCKET, stage.now()))) >= 4
    list(audit(world, None, stage.now()))
