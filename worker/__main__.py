"""Composition root of `callscribe-worker`: settings, adapters, model, signals, start and stop order."""

import importlib.metadata
import os
import signal
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.aws.clients import connect
from shared.aws.world import AwsWorld, connect_world
from shared.capacity import WorkerSign
from shared.errors.root import CallscribeError
from shared.job import Lane
from shared.observe import Observer, observer
from shared.settings import BAD_CONFIGURATION, Settings, load
from worker.audio.decode import open_decoder
from worker.desk import Parts
from worker.intake import Intake
from worker.lease import Leases
from worker.presence import Presence, known_wer
from worker.speech.engine import Engine
from worker.speech.front.turns import Turns
from worker.speech.model import load as load_model
from worker.speech.model import shipped_model
from worker.transcribe import Transcriber

SHIPPED = "shipped"
LOOK_S = 1.0
GOODBYE_S = 5.0
WEDGED_ENGINE = 70
"""Exit code of a worker whose engine hangs (EX_SOFTWARE of sysexits.h): its thread cannot be mended."""


def main() -> None:
    """Run a worker until SIGTERM or SIGINT; exit 78 if the configuration, the model or the sandbox is not usable."""
    try:
        settings = load()
        tell = observer("worker", settings.log_format)
        engine = open_engine(settings)
        intake = build(settings, connect_world(connect(), settings), engine, tell)
    except CallscribeError as error:
        sys.stderr.write(f"callscribe-worker: {error.message or error}\n")
        sys.exit(BAD_CONFIGURATION)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(intake, engine, settings, stop)


def open_engine(settings: Settings) -> Engine:
    """Load the model and start the engine's thread.

    Raises:
        ModelUnavailable: the model cannot be loaded; its sentence says what to do.
    """
    model = load_model(_location(settings), settings.device, settings.compute_type, settings.engine_threads)
    engine = Engine(model, settings.batch_rows)
    engine.start()
    return engine


def build(settings: Settings, world: AwsWorld, engine: Engine, tell: Observer) -> Intake:
    """Put the parts of a worker together."""
    leases = Leases(world, settings.lease_s, time.time, tell)  # noqa: TID251 - the clock enters here
    parts = Parts(
        world=world,
        store=world.store,
        transcriber=Transcriber(
            open_decoder(settings.decoder_sandbox),
            engine,
            settings.language_fallback,
            turns=Turns(settings.prepare_at_once),
        ),
        leases=leases,
        observer=tell,
        now=time.time,  # noqa: TID251 - the clock enters here
        lease_s=settings.lease_s,
        base_url=settings.base_url,
        worker_version=importlib.metadata.version("callscribe"),
    )
    jobs = ThreadPoolExecutor(settings.jobs_at_once, thread_name_prefix="job")
    return Intake(world.doorbell, parts, jobs, settings.jobs_at_once, settings.prefetch_audio_s, settings.long_poll_s)


def about(settings: Settings, engine: Engine) -> WorkerSign:
    """What a worker tells of itself that never changes; its name is new with every start."""
    model = engine.model
    return WorkerSign(
        id=uuid.uuid4().hex,
        at=0.0,
        expires_at=0.0,
        lanes=tuple(Lane(name) for name in settings.lanes),
        held={},
        room_s=settings.prefetch_audio_s,
        room_jobs=settings.jobs_at_once,
        model=model.name,
        model_sha256=model.sha256,
        compute_type=model.compute_type,
        device=model.device,
        wer=known_wer(_location(settings)),
    )


def run(intake: Intake, engine: Engine, settings: Settings, stop: threading.Event) -> None:
    """Serve until `stop`, then drain: no new polls, short jobs finish, the others are handed back."""
    tell, leases = intake.parts.observer, intake.parts.leases
    beats = threading.Event()
    sign = Presence(leases, intake.parts.world, intake.parts.now, tell, about(settings, engine))
    heart = threading.Thread(target=leases.run, args=(beats, settings.heartbeat_s, sign), name="heartbeat", daemon=True)
    heart.start()
    lanes = [Lane(name) for name in settings.lanes]
    polls = [threading.Thread(target=intake.run, args=(lane,), name=f"poll-{lane}") for lane in lanes]
    for poll in polls:
        poll.start()
    tell.tell("worker_ready", lanes=settings.lanes, model=engine.model.name, device=engine.model.device)
    while not stop.wait(LOOK_S) and not engine.wedged:
        pass
    tell.tell("worker_draining", held=len(leases.held))
    intake.stop.set()
    leases.drain(settings.drain_s)
    for poll in polls:
        poll.join()
    leases.drain(settings.drain_s)
    intake.jobs.shutdown()
    beats.set()
    heart.join(GOODBYE_S)
    is_wedged = engine.wedged or not engine.stop()
    tell.tell("worker_stopped")
    if is_wedged:
        sys.stderr.write("callscribe-worker: the engine hangs in a batch; this process ends, a fresh one goes on\n")
        os._exit(WEDGED_ENGINE)


def _location(settings: Settings) -> Path:
    return shipped_model() if settings.model == SHIPPED else Path(settings.model)
