"""The functions that a clock calls, each under its own role."""

from permissions.acting.seeding import Seeds
from permissions.acting.working import Worker
from permissions.stage import BUCKET, Stage

from api.functions import backlog, nightly, reconcile
from shared.batch import Item
from shared.erasure import kept_under
from shared.job import DAY_S, Job

HOUR_S = 3_600


def count(stage: Stage) -> None:
    backlog.run(stage.parts("backlog"))


def spend_the_night(stage: Stage, seeds: Seeds) -> None:
    """Old calls are chosen in each way, and named; among them one that lies elsewhere."""
    stage.clock[0] += HOUR_S
    seeds.completed(reference="crm-7")
    old = seeds.completed(seeds.source("call-80"), batch_id="bat_0")
    chosen = ({"language": "fr"}, {"reference": "crm-7"}, {"batch_id": "bat_0"}, {"reference": "nobody"})
    named = [{"job_id": old.id}, {"s3_uri": f"s3://{old.audio.bucket}/{old.audio.key}"}]
    requests = [*({"selector": one} for one in chosen), {"items": named, "lane": "interactive"}]
    overlay = {"options": {"model": "large-v3-turbo"}}
    plan = [{"tenant": "sales", "request": {**request, **overlay}} for request in requests]
    nightly.run({"batches": plan}, stage.parts("nightly"))
    count(stage)


def heal_everything(stage: Stage, seeds: Seeds, worker: Worker) -> None:
    """Whatever can be stuck is stuck; then hours, a day, and the retention of everything go by."""
    _stick(seeds)
    for later_s in (200, HOUR_S, 14 * HOUR_S, 40 * DAY_S, 200 * DAY_S):
        stage.clock[0] += later_s
        reconcile.reconcile(stage.parts("reconcile"))
        worker.serve()


def _stick(seeds: Seeds) -> None:
    """Jobs, batches and erasures whose process was lost in the middle."""
    seeds.put(seeds.submitted().audio)
    seeds.submitted(seeds.source("call-70"))
    seeds.canceled()
    old = seeds.completed(reference="crm-9", batch_id="bat_1")
    _fill(seeds, old)
    seeds.queued(seeds.source("call-71"), subject_hmac="ab" * 32)
    seeds.queued(seeds.source("call-72"), reference="crm-8")
    seeds.batch(seeds.new_call(0), Item(index=1, job_id=old.id))
    for chosen in ({"reference": "crm-9"}, {"batch_id": "bat_1"}, {"language": "fr"}):
        seeds.batch(**chosen)
    for kind, value in (("subject_hmac", "ab" * 32), ("called", "sales#crm-8"), ("batch_id", "bat_9")):
        seeds.erasure(kind, value)


def _fill(seeds: Seeds, job: Job) -> None:
    """Something under each prefix of a job."""
    for prefix in kept_under(job.tenant, job.id):
        seeds.world.store.put(BUCKET, f"{prefix}1.json" if prefix.endswith("/") else prefix, b"{}")
