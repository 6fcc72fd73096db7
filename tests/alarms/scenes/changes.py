"""What a trouble does to the series of a day, minute by minute."""

from collections.abc import Callable

from alarms.cloudwatch.samples import Samples, SeriesId
from alarms.scenes import days
from alarms.scenes.days import ours, tasks

Change = Callable[[Samples, range], None]
AGE, BATCH_AGE = (ours("OldestJobAgeSeconds", lane=lane) for lane in days.LANES)
WORK = ours("QueuedAudioSeconds", lane="interactive")


def held(*series: tuple[SeriesId, float], every_min: int = 1) -> Change:
    """Each of these series has this value, once in so many minutes, and nothing else."""

    def change(samples: Samples, minutes: range) -> None:
        for id_, value in series:
            samples.hold(id_, minutes)
            samples.hold(id_, minutes[::every_min], value)

    return change


def silent(*series: SeriesId) -> Change:
    """Nothing is measured any more."""

    def change(samples: Samples, minutes: range) -> None:
        for id_ in series:
            samples.hold(id_, minutes)

    return change


def brief(minutes: int, change: Change) -> Change:
    """It is over after so many minutes."""
    return lambda samples, all_minutes: change(samples, all_minutes[:minutes])


def jobs(fault: str, failed: int, ended: int) -> Change:
    """Of so many jobs that end together every quarter of an hour, these fail."""

    def change(samples: Samples, minutes: range) -> None:
        for status, number in {"completed": ended - failed, "failed": failed}.items():
            samples.hold(ours("JobsEnded", lane="interactive", status=status), minutes)
            samples.hold(ours("JobsEnded", lane="interactive", status=status), minutes[::15], *[1.0] * number)
        samples.hold(ours("JobsFailed", fault=fault), minutes)
        samples.hold(ours("JobsFailed", fault=fault), minutes[::15], *[1.0] * failed)

    return change


def requests(failed: int, slow: int = 0, of: int = 100, which: str = "public") -> Change:
    """Of so many requests a minute, these end in a 5xx, and these take three seconds."""

    def change(samples: Samples, minutes: range) -> None:
        for other in ("public", "internal"):
            samples.hold(days.gateway(other, "Count"), minutes)
        samples.hold(days.gateway(which, "Count"), minutes, *[1.0] * of)
        samples.hold(days.gateway(which, "5XXError"), minutes, *[1.0] * failed, *[0.0] * (of - failed))
        samples.hold(ours("RequestSeconds", waits="no"), minutes, *[0.1] * (of - slow), *[3.0] * slow)

    return change


def refusals(a_minute: int) -> Change:
    """So many requests of a minute are refused."""
    return lambda samples, minutes: samples.hold(ours("AuthRefusals"), minutes, *[1.0] * a_minute)


def every_second_canary_fails(samples: Samples, minutes: range) -> None:
    """One that comes back well between two that do not."""
    for number, minute in enumerate(minutes[::15]):
        samples.hold(ours("CanaryFailures"), [minute], float(number % 2))


def no_worker_comes(samples: Samples, minutes: range) -> None:
    """A task is asked for and finds no machine, while calls pile up."""
    samples.hold(tasks("interactive", "Running"), minutes, 0.0)
    samples.hold(tasks("interactive", "Pending"), minutes, 1.0)
    for waited, minute in enumerate(minutes):
        samples.hold(WORK, [minute], 1_200.0 * (1 + waited))
        samples.hold(AGE, [minute], 60.0 * waited)
