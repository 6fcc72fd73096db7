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
from shared.aws.traces import connect_tracing
from shared.aws.world import AwsWorld, connect_world
from shared.capacity import WorkerSign
from shared.errors.root import CallscribeError
from shared.job import Lane
from shared.observe import Observer, observer
from shared.settings import BAD_CONFIGURATION, Settings, load
from shared.watching import Watched
from worker.audio.decode import open_decoder
from worker.desk import Parts
from worker.gauges import Gauges, gpu_figures
from worker.intake import Intake
from worker.lease import Leases
from worker.presence import Presence, known_wer
from worker.protection import Protection
from worker.pulse import Boot, Pulse, process_age_s
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
        tell = observer("worker", settings.log_format, settings.env)
        boot = Boot(tell, time.monotonic, time.monotonic() - process_age_s(_boottime_s))
        engine = open_engine(settings, boot)
        intake = build(settings, connect_world(connect(), settings), engine, tell)
    except CallscribeError as error:
        sys.stderr.write(f"callscribe-worker: {error.message or error}\n")
        sys.exit(BAD_CONFIGURATION)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(intake, engine, settings, stop, boot)


def open_engine(settings: Settings, boot: Boot) -> Engine:
    """Load the model, warm it up and start the engine's thread.

    Raises:
        ModelUnavailable: the model cannot be loaded; its sentence says what to do.
    """
    boot.reach("import")
    model = load_model(_location(settings), settings.device, settings.compute_type, settings.engine_threads)
    boot.reach("weights")
    engine = Engine(model, settings.batch_rows)
    engine.warm_up()
    boot.reach("warm_up")
    engine.start()
    return engine


def build(settings: Settings, world: AwsWorld, engine: Engine, tell: Observer) -> Intake:
    """Put the parts of a worker together."""
    tracing = connect_tracing(settings, "worker")
    watched = Watched(world, tell, tracing)
    leases = Leases(watched, settings.lease_s, time.time, tell)  # noqa: TID251 - the clock enters here
    parts = Parts(
        world=watched,
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
        tracing=tracing,
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


def run(intake: Intake, engine: Engine, settings: Settings, stop: threading.Event, boot: Boot | None = None) -> None:
    """Serve until `stop`, then drain: no new polls, short jobs finish, the others are handed back."""
    tell, leases, beats = intake.parts.observer, intake.parts.leases, threading.Event()
    sign = Presence(leases, intake.parts.world, intake.parts.now, tell, about(settings, engine))
    pulse = pulse_of(intake, engine, sign, boot or Boot(tell, time.monotonic, time.monotonic()))
    leases.at_edge = pulse.edge
    beating = (beats, settings.heartbeat_s, sign, pulse.beat)
    heart = threading.Thread(target=leases.run, args=beating, name="heartbeat", daemon=True)
    heart.start()
    lanes = [Lane(name) for name in settings.lanes]
    polls = [threading.Thread(target=intake.run, args=(lane,), name=f"poll-{lane}") for lane in lanes]
    for poll in polls:
        poll.start()
    about_it = {"model": engine.model.name, "device": engine.model.device}
    tell.tell("worker_ready", lane=settings.lanes[0], lanes=settings.lanes, **about_it)
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
    leave(engine, intake.parts)


def leave(engine: Engine, parts: Parts) -> None:
    """Say goodbye, and end the process at once where the engine hangs: its thread cannot be ended."""
    is_wedged = engine.wedged or not engine.stop()
    parts.observer.tell("worker_stopped", code=WEDGED_ENGINE if is_wedged else 0)
    parts.tracing.close()
    if is_wedged:
        sys.stderr.write("callscribe-worker: the engine hangs in a batch; this process ends, a fresh one goes on\n")
        os._exit(WEDGED_ENGINE)


def pulse_of(intake: Intake, engine: Engine, sign: Presence, boot: Boot) -> Pulse:
    """What goes with the heartbeat and needs no AWS."""
    tell, leases = intake.parts.observer, intake.parts.leases
    lane, gpu = sign.about.lanes[0].value, gpu_figures(engine.model.device)
    gauges = Gauges(lane, leases, lambda: engine.done, lambda: sign.rate.per_s, gpu, tell, time.monotonic)
    # ECS tells its tasks where its agent listens; it is no setting of ours.
    agent = os.environ.get("ECS_AGENT_URI")  # noqa: TID251
    protection = Protection(agent, lambda: bool(leases.held), time.monotonic, tell)
    return Pulse(gauges, protection, boot, lambda: not engine.wedged)


def _boottime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _location(settings: Settings) -> Path:
    return shipped_model() if settings.model == SHIPPED else Path(settings.model)
