"""Use cases: what this deployment offers, and how busy it is."""

from api.backlog import estimate, moment, still_ahead_s, workers
from api.contract.service import Health, LaneView, ModelList, ModelView, QueueStatus
from api.parts import Parts
from shared.capacity import Backlog, WorkerSign
from shared.event import instant
from shared.job import Key, Lane
from shared.protocol.intents import ReadRow

DEFAULT = "default"
"""The name under which a request asks for whatever model the workers run."""


def models(parts: Parts) -> ModelList:
    """The models that a request may name, with what the living workers tell of them.

    Raises:
        StorageUnavailable: the table does not answer.
    """
    alive = sorted(workers(parts), key=lambda worker: -worker.at)
    languages = parts.settings.languages
    return ModelList(data=tuple(_model(name, languages, alive) for name in parts.settings.models))


def health(parts: Parts) -> Health:
    """Read the table once.

    Raises:
        StorageUnavailable: it does not answer.
    """
    parts.world.perform(ReadRow(Key("HEALTH", "HEALTH")))
    return Health()


def queue(parts: Parts) -> QueueStatus:
    """Show what waits in each lane, and when a job sent now would start.

    Raises:
        StorageUnavailable: the table does not answer.
    """
    backlog = estimate(parts)
    lanes = {lane.value: _lane(backlog, lane, parts.now()) for lane in Lane}
    return QueueStatus.model_validate({"lanes": lanes, "workers": backlog.workers, "as_of": instant(backlog.at)})


def _model(name: str, languages: tuple[str, ...], alive: list[WorkerSign]) -> ModelView:
    """What is known of the model: of two workers that run it, the one heard of last speaks; speed is their mean."""
    running = [worker for worker in alive if name in (DEFAULT, worker.model)]
    if not running:
        return ModelView(name=name, sha256=None, languages=languages, compute_type=None, wer=None, rtf=None)
    first = running[0]
    measured = [worker.rtf for worker in running if worker.rtf and worker.model_sha256 == first.model_sha256]
    return ModelView(
        name=name,
        sha256=first.model_sha256,
        languages=languages,
        compute_type=first.compute_type,
        wer=first.wer,
        rtf=round(sum(measured) / len(measured), 5) if measured else None,
    )


def _lane(backlog: Backlog, name: Lane, now: float) -> LaneView:
    lane = backlog.lanes[name]
    ahead_s = still_ahead_s(lane, lane.ahead_of(0.0, now), now - backlog.at)
    return LaneView(
        jobs=lane.queued,
        audio_s=round(lane.queued_audio_s, 1),
        processing=lane.processing,
        oldest_age_s=None if lane.oldest_queued_at is None else round(max(0.0, now - lane.oldest_queued_at), 3),
        estimated_start_at=moment(lane.start_in(ahead_s), now),
    )
