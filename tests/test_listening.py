"""Listening: what a page draws and plays is there before the transcript is, and goes when the recording's time is over."""

import pytest
from bench import FACTS, Bench
from fakes import BUCKET
from heard import DERIVATIVE, NOTHING_PLAYS, ORIGINAL, ListenedScribe
from jobs import NOW, receipt_of, terms

from shared.erasure import scrubbed
from shared.errors.jobs import UnsupportedCodec
from shared.errors.transient import StorageUnavailable
from shared.job import DAY_S, Audio, Key, Outcome, Retention, next_expiry_at
from shared.protocol.attending.storing import store
from shared.protocol.claiming import claim
from shared.protocol.controlling import retry
from shared.protocol.drive import drive
from shared.protocol.erasing import erase, expire
from shared.protocol.intents import ChangeRow, PutObject, Transcribed
from shared.protocol.rebuilding import Plan, candidates, restore
from shared.protocol.working import finish, reject

URL = "https://stt.example.com"
AUDIO_OVER = NOW + 30 * DAY_S
AWAY = Audio(source="s3", bucket="sales-calls-eu", key="alice.wav")


@pytest.fixture
def bench(world, jobs) -> Bench:
    return Bench(world, jobs, ListenedScribe())


@pytest.fixture
def written(world):
    """The keys that are written from now on, refused ones included."""
    keys = []
    world.before.append(lambda _, intent: keys.append(intent.key) if isinstance(intent, PutObject) else None)
    return keys


def heard(world, job) -> list[str]:
    """What there is to listen to."""
    return sorted(key.removeprefix(job.listening_key) for _, key in world.store.objects if key in _places(job))


def _places(job) -> set[str]:
    return {f"{job.listening_key}.webm", f"{job.listening_key}.json"}


def refused(of):
    """A world that is out of reach for one kind of intent."""

    def hook(_, intent):
        if of(intent):
            raise StorageUnavailable

    return hook


def test_sound_and_peaks_are_written_before_the_transcript(bench, jobs, written):
    job = jobs.queued()
    written.clear()

    bench.work(job)

    assert written == [f"{job.listening_key}.webm", f"{job.listening_key}.json", job.transcript_key]
    assert job.listening_key == f"listening/sales/{job.id}/r1"


@pytest.mark.parametrize(
    ("listening", "said", "endings"),
    [
        (DERIVATIVE, {"playable": "derivative", "media-type": "audio/webm"}, [".json", ".webm"]),
        (ORIGINAL, {"playable": "original", "media-type": "audio/wav"}, [".json"]),
        (NOTHING_PLAYS, {"playable": "none"}, [".json"]),
    ],
)
def test_the_peaks_say_what_can_be_played(bench, listening, said, endings):
    bench.scribe.listening, job = listening, bench.jobs.queued()

    bench.work(job)

    body, metadata = bench.world.store.objects[BUCKET, f"{job.listening_key}.json"]
    usual = {"job": job.id, "tenant": "sales", "revision": "1", "duration-s": "14.0"}
    assert (body, {name: value for name, value in metadata.items() if name != "sha256"}) == (
        listening.peaks, usual | said,
    )  # fmt: skip
    assert heard(bench.world, job) == endings


def test_a_call_that_left_nothing_has_a_transcript(bench, jobs, world):
    bench.scribe.listening, job = None, jobs.queued()

    outcome = bench.work(job)

    assert (outcome, heard(world, job)) == (Outcome.COMPLETED, [])


def test_an_adopted_transcript_needs_nothing(bench, jobs, world, written):
    job = jobs.queued()
    world.before.append(refused(lambda intent: isinstance(intent, ChangeRow) and "result" in intent.sets))
    with pytest.raises(StorageUnavailable):
        _ended(bench, job)
    world.before.pop()
    written.clear()
    bench.clock.now += 1_000

    outcome = bench.work(job, receive_count=2)

    assert (outcome, written, bench.scribe.calls) == (Outcome.COMPLETED, [], 1)


def _ended(bench, job):
    """The line of a claim that is lost before its end is written: no patience here."""
    held = drive(claim(receipt_of(job), terms(bench.clock.now)), bench.world)
    made = bench.scribe.transcribe(None, _Order(job.id), _Nowhere())
    stored = drive(store(held.job, made, BUCKET, NOW), bench.world)
    drive(finish(held, stored.result, FACTS, NOW), bench.world)


class _Order:
    def __init__(self, job_id):
        self.job_id = job_id


class _Nowhere:
    def enter(self, stage): ...
    def expect(self, speech_s): ...
    def advance(self, speech_s): ...
    def check(self): ...


@pytest.mark.parametrize("last", [".webm", ".json"])
def test_who_dies_before_the_transcript_is_succeeded(bench, jobs, world, last):
    job = jobs.queued()
    dies = refused(lambda intent: isinstance(intent, PutObject) and not intent.key.startswith("listening/"))
    if last == ".webm":
        dies = refused(lambda intent: isinstance(intent, PutObject) and not intent.key.endswith(".webm"))
    world.before.append(dies)
    with pytest.raises(StorageUnavailable):
        _ended(bench, job)
    left = heard(world, job)
    world.before.clear()
    bench.clock.now += 1_000

    outcome = bench.work(job, receive_count=2)

    assert left == sorted({".webm", last})
    assert (outcome, heard(world, job)) == (Outcome.COMPLETED, [".json", ".webm"])


def expired(bench, job, *moments):
    for moment in moments:
        drive(expire(bench.jobs.row(job), moment), bench.world)
    return bench.jobs.row(job)


def _first(bench):
    first = bench.jobs.queued()
    bench.work(first)
    return first


def _revision(bench):
    first = _first(bench)
    job = bench.jobs.queued(audio=first.audio, revision=2, revision_of=first.id)
    bench.world.rows[Key.of_revision("sales", first.id, 2)] = {"job_id": job.id}
    return job


KINDS = {
    "upload": lambda bench: bench.jobs.queued(),
    "s3": lambda bench: bench.jobs.queued(audio=AWAY),
    "revision": _revision,
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_with_the_days_of_the_recording(bench, world, kind):
    job = KINDS[kind](bench)
    bench.work(job)

    first_look_at = next_expiry_at(bench.jobs.row(job))
    before = expired(bench, job, AUDIO_OVER - 1)
    kept = heard(world, job)
    row = expired(bench, job, AUDIO_OVER)

    assert (first_look_at, before.listening_removed_at, kept) == (AUDIO_OVER, None, [".json", ".webm"])
    assert (row.listening_removed_at, heard(world, job), row.status) == (AUDIO_OVER, [], "completed")
    assert row.next_check_at == NOW + 180 * DAY_S


def test_a_recording_elsewhere_is_left_when_it_goes(bench, world):
    job = KINDS["s3"](bench)
    bench.work(job)

    row = expired(bench, job, AUDIO_OVER)

    assert row.audio.removed_at is None
    assert (AWAY.bucket, AWAY.key) in world.store.objects


def test_what_a_failed_job_left_goes_too(bench, world, jobs):
    job = KINDS["s3"](bench)
    world.perform(PutObject(f"{job.listening_key}.webm", b"of a worker that was lost", {}))
    drive(reject(jobs.again(job, NOW), UnsupportedCodec(), NOW), world)

    row = expired(bench, job, AUDIO_OVER)

    assert (row.listening_removed_at, heard(world, job)) == (AUDIO_OVER, [])


def test_a_live_revision_keeps_the_recording_alone(bench, world):
    job = _first(bench)
    revision = bench.jobs.queued(audio=job.audio, revision=2, revision_of=job.id)
    world.rows[Key.of_revision("sales", job.id, 2)] = {"job_id": revision.id}

    row = expired(bench, job, AUDIO_OVER)

    assert (row.audio.removed_at, row.listening_removed_at, heard(world, job)) == (None, AUDIO_OVER, [])
    assert row.next_check_at == AUDIO_OVER + 3_600


def test_it_may_outlive_the_transcript(bench, world):
    job = bench.jobs.queued(retention=Retention(audio_days=60, transcript_days=10))
    bench.work(job)

    row = expired(bench, job, NOW + 10 * DAY_S)
    kept = heard(world, job)
    last = expired(bench, job, NOW + 60 * DAY_S)

    assert (row.listening_removed_at, kept) == (None, [".json", ".webm"])
    assert (last.listening_removed_at, heard(world, job), last.next_check_at) == (NOW + 60 * DAY_S, [], None)


def test_it_never_outlives_the_record(bench, world):
    job = bench.jobs.queued(audio=AWAY, retention=Retention(audio_days=60, transcript_days=10))
    bench.work(job)

    row = expired(bench, job, NOW + 10 * DAY_S)

    assert (row.listening_removed_at, heard(world, job), row.next_check_at) == (NOW + 10 * DAY_S, [], None)


def test_a_process_that_dies_leaves_it_due(bench, world):
    job = KINDS["s3"](bench)
    bench.work(job)
    world.before.append(refused(lambda intent: type(intent).__name__ == "DeleteVersions"))
    with pytest.raises(StorageUnavailable):
        expired(bench, job, AUDIO_OVER)
    world.before.clear()
    due = bench.jobs.row(job).next_check_at

    row = expired(bench, job, AUDIO_OVER + 60)

    assert (due, row.listening_removed_at, heard(world, job)) == (AUDIO_OVER, AUDIO_OVER, [])


@pytest.mark.parametrize("reason", ["erased", "transcript_expired"])
def test_a_job_forgotten_before_it_was_made_rests(bench, world, reason):
    job = _first(bench)
    row = world.rows[job.row_key]
    row |= {"tombstone": {"reason": reason, "at": NOW}}
    for name, value in scrubbed(bench.jobs.row(job), NOW).items():
        if name.startswith("audio."):
            row["audio"][name.removeprefix("audio.")] = value

    before = bench.jobs.row(job)

    rests = expired(bench, job, NOW + 400 * DAY_S)

    assert (before.listening_removed_at, next_expiry_at(before), rests.next_check_at) == (None, None, None)


def test_a_retry_may_be_listened_to_again(bench, world, jobs):
    job = KINDS["s3"](bench)
    drive(reject(jobs.again(job, NOW), UnsupportedCodec(), NOW), world)
    over = expired(bench, job, AUDIO_OVER)

    drive(retry(over, AUDIO_OVER + 1), world)
    bench.clock.now = AUDIO_OVER + 2
    bench.work(job)

    row = jobs.row(job)
    assert (over.listening_removed_at, row.listening_removed_at) == (AUDIO_OVER, None)
    assert (next_expiry_at(row), heard(world, job)) == (AUDIO_OVER + 2 + 30 * DAY_S, [".json", ".webm"])


def test_an_erasure_takes_it_along(bench, world):
    job = _first(bench)

    drive(erase(bench.jobs.row(job), NOW, URL), world)

    assert (heard(world, job), bench.jobs.row(job).listening_removed_at) == ([], NOW)


def test_who_was_erased_meanwhile_leaves_none(bench, world, jobs):
    job = jobs.queued()
    made = Transcribed(bench.scribe.transcribe(None, _Order(job.id), _Nowhere()).transcript, FACTS, DERIVATIVE)
    held = jobs.again(job, NOW)
    drive(erase(jobs.row(job), NOW, URL), world)
    stored = drive(store(held.job, made, BUCKET, NOW), world)

    ending = drive(finish(held, stored.result, stored.facts, NOW), world)

    assert (ending.outcome, heard(world, job)) == (Outcome.LOST, [])


@pytest.mark.parametrize("kind", ["upload", "s3"])
def test_a_rebuilt_job_loses_it_in_time(bench, world, kind):
    job = KINDS[kind](bench)
    bench.work(job)
    world.rows.clear()
    for one in drive(candidates("sales", None), world).missing:
        drive(restore(one, Plan(BUCKET, NOW + 60)), world)
    due = bench.jobs.row(job).next_check_at

    row = expired(bench, job, AUDIO_OVER)

    assert (due, row.listening_removed_at, heard(world, job)) == (AUDIO_OVER, AUDIO_OVER, [])
