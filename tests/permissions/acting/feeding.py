"""Queues and their functions, each under its own role, fed as Lambda feeds it."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from permissions.acting.seeding import Seeds
from permissions.stage import Silent, Stage, queue_url

from api.functions import deadletters, deliver, uploaded
from api.local.triggers import Trigger
from api.outbound.post import Delivered
from api.parts import Parts
from shared.job import Job
from shared.protocol.intents import PutObject


@dataclasses.dataclass
class Meanwhile:
    """A world in which something happens right before the first intent of a kind."""

    world: Any
    kind: type
    happens: Callable[[], object] | None

    def perform(self, intent: Any) -> Any:
        if isinstance(intent, self.kind) and self.happens:
            happens, self.happens = self.happens, None
            happens()
        return self.world.perform(intent)


def feed(stage: Stage, role: str, queue: str, take: Callable[[Any, Parts], Any], parts: Parts | None = None) -> int:
    """All messages of a queue, taken by a function as Lambda would: how many went."""
    clients, url = stage.actors[role].clients, queue_url(stage.endpoint, queue)
    parts = parts or stage.parts(role)
    # What Lambda asks in the function's name to learn how far it may scale.
    clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    trigger = Trigger(clients.sqs, url, lambda event, _: take(event, parts), Silent(), batch_size=10)
    return sum(iter(lambda: trigger.feed(0), 0))


def take_uploads(stage: Stage, parts: Parts | None = None) -> int:
    return feed(stage, "uploaded", "uploads", uploaded.take, parts)


def deliver_all(stage: Stage) -> int:
    return feed(stage, "deliver", "webhooks", deliver.take)


def meet_every_upload(stage: Stage, seeds: Seeds) -> None:
    """As declared, unlike it, erased before it came, and erased while it was being queued."""
    for fields in ({"lane": "interactive"}, {"lane": "batch"}, {"size_bytes": 3}):
        seeds.put(seeds.submitted(**fields).audio)
    forgotten = seeds.submitted()
    seeds.erased(forgotten)
    seeds.put(forgotten.audio)
    take_uploads(stage)
    caught = seeds.submitted()
    seeds.put(caught.audio)
    parts = stage.parts("uploaded")
    erasing = Meanwhile(parts.world, PutObject, lambda: seeds.erased(seeds.row(caught)))
    take_uploads(stage, dataclasses.replace(parts, world=erasing))


def meet_every_receiver(stage: Stage, seeds: Seeds) -> None:
    """One that is there, one that is down, and one that wants nothing any more."""
    seeds.endpoint()
    for status in (503, 204, 410):
        stage.sender.answers.append(Delivered(status, None, 0.01, None))
        seeds.told(seeds.canceled())
        deliver_all(stage)


def bury_every_letter(stage: Stage, seeds: Seeds) -> None:
    """Of a job that has ended untold, and of one that nobody works on."""
    for queue in ("interactive-dlq", "batch-dlq"):
        for job in (seeds.canceled(), seeds.queued()):
            stage.send(queue, _letter(job))
            feed(stage, "deadletters", queue, deadletters.take)


def _letter(job: Job) -> str:
    return json.dumps({"v": 1, "tenant": job.tenant, "job": job.id})
