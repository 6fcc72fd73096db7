"""Every metric of the list is given by code that runs, under its dimensions, and no other is."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from bench import EXAMPLE, Scribe
from client_world import Wire
from contract.caller import WAV
from telemetry.house import House

from api.functions import backlog, canary, deadletters, nightly, reconcile
from api.outbound.post import Delivered
from shared.errors.jobs import DecodeFailed, InternalError
from shared.errors.transient import Draining, StorageUnavailable
from shared.event import instant
from shared.job import DAY_S, Lane, Options
from shared.protocol.attending import take
from shared.protocol.drive import drive
from shared.settings import Settings
from shared.telemetry import FACTS, METRICS, SOURCES
from shared.transcript import Transcript
from worker import __main__ as root
from worker.gauges import Gauges
from worker.protection import Protection
from worker.speech.engine import Done
from worker.text.findings import Order
from worker.text.telling import tell_trust

JOB_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
GPU = {"gpu_utilization": 97.0, "gpu_memory_ratio": 0.4, "gpu_temperature": 61.0}


@pytest.fixture(scope="module")
def day():
    """A day on which everything happens once; what was heard of it."""
    house = House()
    for happening in (_calls, _callers, _healing, _night, _erasure, _deliveries, _worker, _quality, _canary):
        happening(house)
    house.tracing.close()
    return house.ear


def test_every_metric_is_given_by_code_that_runs(day):
    given = {sample.metric for sample in day.samples}

    assert given == set(METRICS)


def test_every_sample_has_the_dimensions_of_its_metric(day):
    wrong = [one for one in day.samples if tuple(one.dimensions) != METRICS[one.metric].dimensions]

    assert wrong == []


def test_no_dimension_tells_of_a_job_or_a_tenant(day):
    told = {value for one in day.samples for value in one.dimensions.values()}

    assert {"job_id", "tenant", "batch_id"}.isdisjoint({name for one in METRICS.values() for name in one.dimensions})
    assert not any("_0" in value or value == "sales" for value in told)


def test_every_source_is_a_fact_and_a_metric():
    named = {source.metric for sources in SOURCES.values() for source in sources}

    assert set(SOURCES) <= set(FACTS)
    assert named == set(METRICS)


def test_a_failure_says_whose_fault_it_is(day):
    failed = [one for one in day.told("job_ended") if one["status"] == "failed"]

    assert {(one["code"], one["fault"]) for one in failed} >= {("internal_error", "ours"), ("decode_failed", "caller")}


def test_an_end_says_where_its_time_went(day):
    ended = next(one for one in day.told("job_ended") if one["status"] == "completed")

    assert (ended["wait_s"], ended["processing_s"], ended["turnaround_s"]) == (7.0, 0.0, 7.0)


def test_an_empty_minute_is_told_as_zeros():
    house = House()

    backlog.run(house.parts())
    reconcile.reconcile(house.parts())

    zeros = {one.metric for one in house.ear.samples if one.value == 0}
    wanted = {"QueuedAudioSeconds", "QueuedJobs", "OldestJobAgeSeconds", "NightlyOpenJobs", "Rings"}
    assert wanted | {"OutboxOldestSeconds", "DeliveryOldestDueSeconds"} <= zeros


def test_an_event_that_cannot_be_told_grows_old():
    house = House()
    house.world.refuses_events = True
    house.worker().work(house.receipt(house.submitted()))
    house.clock[0] += 400

    reconcile.reconcile(house.parts())

    assert house.ear.told("reconciled")[-1]["outbox_oldest_s"] == 400


def test_a_delivery_that_nobody_tries_grows_late():
    house = House()
    house.endpoint()
    house.sender.answers = [Delivered(500, None, 0.01, None)]
    house.worker().work(house.receipt(house.submitted()))
    house.delivered()
    house.clock[0] += 1_000

    reconcile.reconcile(house.parts())

    assert house.ear.told("reconciled")[-1]["delivery_oldest_due_s"] > 900


def _calls(house):
    """One that waits and completes, three that fail or come back, one that is lost."""
    job_id = house.submitted()
    house.clock[0] += 7
    house.worker().work(house.receipt(job_id))
    for error in (DecodeFailed(), InternalError(), Draining()):
        house.worker(Scribe([error])).work(house.receipt(house.submitted()))
    house.caller.post(f"/v1/jobs/{house.submitted()}/cancel")
    holding = house.worker()
    held = holding.parts.leases.hold(drive(take(house.receipt(house.submitted()), house.claimant), holding))
    house.world.rows[held.claim.job.row_key]["fence"] = 9
    holding.parts.leases.beat()
    holding.parts.leases.drop(held)


def _callers(house):
    house.caller.get(f"/v1/jobs/{house.submitted()}?wait=1")
    house.caller.get("/v1/jobs", authorization="Bearer csk_wrong")
    house.world.before = [lambda _intent: (_ for _ in ()).throw(StorageUnavailable())]
    house.caller.get("/v1/jobs")
    house.world.before = []


def _healing(house):
    asked = {"audio": {"upload": {"bytes": len(WAV)}}, "deadline_at": instant(house.clock[0] + 3_600)}
    in_time = house.caller.submit(asked).json["id"]
    house.caller.upload(in_time)
    house.caller.post(f"/v1/jobs/{in_time}/upload/complete")
    backlog.run(house.parts())
    reconcile.reconcile(house.parts())
    job_id = house.submitted()
    letter = f'{{"v": 1, "tenant": "sales", "job": "{job_id}"}}'
    deadletters.take({"Records": [{"messageId": "m1", "body": letter}]}, house.parts())


def _night(house):
    request = {"selector": {"status": "completed"}, "options": {"model": "large-v3-turbo"}}
    nightly.run({"batches": [{"tenant": "sales", "request": request}]}, house.parts())
    backlog.run(house.parts())
    assert house.ear.told("nightly_counted")[-1]["open_jobs"] > 0


def _erasure(house):
    house.caller.send("DELETE", f"/v1/jobs/{house.submitted()}", b"", {})


def _deliveries(house):
    house.endpoint()
    house.worker().work(house.receipt(house.submitted()))
    house.sender.answers = [Delivered(500, None, 0.01, None)] * 1_000
    for _ in range(12):
        house.delivered()
        house.clock[0] += DAY_S
    house.sender.answers = []


def _worker(house):
    """A worker that starts, is asked to stop, and cannot protect itself; its minute is told."""
    intake, stop = house.worker(), threading.Event()
    stop.set()
    engine = SimpleNamespace(
        done=Done(), wedged=False, stop=lambda: True,
        model=SimpleNamespace(name="stub", sha256="0", compute_type="int8", device="cpu"),
    )  # fmt: skip
    root.run(replace(intake, bell=SimpleNamespace(receive=lambda *_: None)), engine, _settings(), stop)
    leases, clock, engine.done = intake.parts.leases, [0.0], Done()
    gauges = Gauges("batch", leases, lambda: engine.done, lambda: 61.5, lambda: GPU, house.ear, lambda: clock[0])
    held = leases.hold(drive(take(house.receipt(house.submitted()), house.claimant), intake))
    engine.done, clock[0] = Done(rows=30, room=32, retries=3, errors=1, busy_s=0.0), 61.0
    gauges.tell()
    leases.drop(held)
    Protection("http://127.0.0.1:1/api", lambda: True, lambda: 0.0, house.ear).follow()


def _settings():
    return Settings(
        bucket="b", table="t", topic_arn="arn", queue_interactive_url="https://q/i", queue_batch_url="https://q/b",
        heartbeat_s=0.01, lanes=("batch",),
    )  # fmt: skip


def _quality(house):
    made = Transcript.model_validate_json(EXAMPLE.read_text())
    assert made.suppressed, "the example of the contract shows one"
    tell_trust(made, Order(JOB_ID, 1, None, Options(), 1, "", "", "", Lane.BATCH, SimpleNamespace(tell=house.ear.tell)))


def _canary(house):
    wire = Wire()
    parts, asked = replace(wire.caller.parts(), observer=house.ear), canary.Asked(deploy="r1")
    canary.run(asked, wire.client(60.0), parts, watch_s=0)
    wire.complete_all()
    canary.run(asked, wire.client(60.0), parts, watch_s=0)
