"""The worker's line in every ending, with canaries in what it hears and in what goes wrong."""

import dataclasses
from typing import Any

from contract.caller import WAV
from jobs import receipt_of
from privacy.walk.place import OWNER, Place
from privacy.walk.voices import guarded

from shared.errors.jobs import AudioChanged, DecodeFailed, UnsupportedFormat, WarningIsFailure
from shared.errors.transient import (
    AudioFetchFailed,
    Draining,
    EngineFailed,
    EngineOutOfMemory,
    LeaseLost,
    StorageUnavailable,
)
from shared.job import Lane, Outcome, Receipt
from shared.protocol.intents import ChangeRow
from worker.intake import Intake


def work(place: Place) -> set[Outcome | None]:
    """Every way a job can go in a worker; the outcomes that were met."""
    crash = _crash(place.all_texts())
    endings: list[Any] = [
        UnsupportedFormat(), DecodeFailed(stage="decoding"), AudioChanged(), WarningIsFailure("no_speech"), crash,
        EngineFailed(), EngineOutOfMemory(), AudioFetchFailed(), StorageUnavailable(aws="Throttling"), Draining(),
        LeaseLost(), lambda progress: progress.give_up(LeaseLost()),
    ]  # fmt: skip
    met = {guarded(place.sinks, lambda ending=ending: place.work(_submitted(place), ending)) for ending in endings}
    met |= {_erased_meanwhile(place), _exhausted(place, crash), _adopted(place), _without_events(place)}
    _beaten(place)
    _polled(place)
    return met


def _crash(words: str) -> Exception:
    """An error that quotes what it met, as those of libraries do, and the one that it came of."""
    error = RuntimeError(f"cannot decode {words!r}")
    error.__cause__ = ValueError(words)
    error.add_note(words)
    return error


def _submitted(place: Place) -> str:
    return str(place.owner.submit_form(WAV, place.said).json["id"])


def _erased_meanwhile(place: Place) -> Outcome:
    job_id = _submitted(place)
    return place.work(job_id, lambda _: place.owner.send("DELETE", f"/v1/jobs/{job_id}", b"", {}))


def _exhausted(place: Place, crash: Exception) -> Outcome | None:
    """Three claims that crash, an hour apart."""
    job_id, outcome = _submitted(place), None
    for number in range(1, 4):
        place.clock[0] += 3_600
        outcome = place.work(job_id, crash, receive_count=number)
    return outcome


def _adopted(place: Place) -> Outcome:
    """The transcript is there, the claim that wrote it is not any more."""
    job_id = _submitted(place)

    def dies(world: Any, intent: Any) -> None:
        if isinstance(intent, ChangeRow) and intent.sets.get("status") == "completed":
            world.before.clear()
            raise StorageUnavailable

    place.world.before.append(dies)
    place.work(job_id)
    place.clock[0] += 3_600
    return place.work(job_id, receive_count=2)


def _without_events(place: Place) -> Outcome:
    place.world.refuses_events = True
    outcome = place.work(_submitted(place))
    place.world.refuses_events = False
    return outcome


def _beaten(place: Place) -> None:
    """A heartbeat that meets an outage, an error that nobody named, and a lost lease."""
    job_id, words = _submitted(place), place.all_texts()

    def beats(error: Exception | None) -> Any:
        def fail(_world: Any, intent: Any) -> None:
            if isinstance(intent, ChangeRow) and "lease_until" in intent.sets and error is not None:
                raise error

        def beat(_: Any) -> None:
            place.world.before.append(fail)
            place.leases.beat()
            place.world.before.clear()

        return beat

    place.work(job_id, beats(StorageUnavailable(aws="x")), beats(RuntimeError(words)))
    lost = _submitted(place)
    place.work(lost, lambda _: place.owner.post(f"/v1/jobs/{lost}/cancel"), beats(None))


def _polled(place: Place) -> None:
    """A queue that cannot be asked, and messages of no job, of another's, of an ended one."""
    ended = _submitted(place)
    place.work(ended)
    place.work(ended, receive_count=2)
    nameless = Receipt(OWNER, "job_01KF0HJ080D3MN4P7ZWPEET9E9", Lane.INTERACTIVE, "handle", 3)
    place.intake.work(nameless)

    class Deaf:
        def receive(self, *_: Any) -> Any:
            raise StorageUnavailable(aws="QueueDoesNotExist")

    asking: Intake = dataclasses.replace(place.intake, bell=Deaf())
    asking.stop.set()
    asking._receive(Lane.BATCH)
    assert receipt_of(place.job(ended))
    asking.stop.clear()
