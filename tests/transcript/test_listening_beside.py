"""What is listened to is made beside the engine's work: it costs no transcript, and no thread of it outlives the job."""

import io
import json
import threading
from contextlib import contextmanager

import numpy as np
import pytest
from speech.lines import DEADLINE_S, all_taken, finish, until
from transcript.scripted import RATE, Decoded, ScriptedEngine, order, two_parties

from shared.errors.jobs import WarningIsFailure
from shared.errors.transient import Draining, EngineFailed, LeaseLost
from shared.job import ChannelOptions, Lane
from shared.protocol.intents import Listening
from worker.audio.channels import ChannelRules, separate
from worker.audio.recording import Recording
from worker.listening import Making, Sound
from worker.listening.pacing import Aside, GivenUp
from worker.speech.front.turns import Pace, Turns
from worker.speech.progress import Progress
from worker.transcribe import Transcriber

OWN = "listening"


@pytest.fixture
def call():
    return two_parties()


def listeners() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(OWN)]


class Watched(Turns):
    """Calls `what` in a turn that is taken for listening, each time with how many there were."""

    def __init__(self, what):
        super().__init__(2)
        self.what, self.taken = what, 0

    @contextmanager
    def turn(self, lane, rank=0.0):
        with super().turn(lane, rank):
            if threading.current_thread().name.startswith(OWN):
                self.taken += 1
                self.what(self.taken)
            yield


def made_of(decoder, turns=None, progress=None, engine=None, **options):
    transcriber = Transcriber(decoder, engine or ScriptedEngine(), turns=turns or Turns(1))
    return transcriber.transcribe(io.BytesIO(), order(**options), progress or Progress())


def sound_of(seconds=1):
    recording = Recording(np.zeros((1, int(seconds * RATE)), np.int16), 8_000, "mp3", None, 0, (), ())
    return Sound("job_1", recording, separate(recording, ChannelRules("auto", {})).legs)


def test_a_call_comes_with_its_peaks_and_its_sound(call):
    listening = made_of(Decoded(call)).listening

    document = json.loads(listening.peaks)
    assert [(leg["role"], len(leg["peaks"])) for leg in document["channels"]] == [("agent", 600), ("customer", 600)]
    assert (document["job_id"], document["duration"]) == ("job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", 30.0)
    assert (listening.media_type, listening.audio[:4]) == ("audio/webm", b"\x1a\x45\xdf\xa3")


def test_lanes_are_the_legs_of_the_transcript(call):
    made = made_of(Decoded(np.repeat(call[:1], 2, axis=0)), channels=ChannelOptions())

    drawn = [(leg["index"], leg["role"]) for leg in json.loads(made.listening.peaks)["channels"]]
    assert drawn == [(leg.index, leg.role) for leg in made.transcript.channels]
    assert len(drawn) == 1


def test_a_recording_that_plays_is_not_made_twice(call):
    listening = made_of(Decoded(call, is_plain_wave=True)).listening

    assert (listening.media_type, listening.audio) == ("audio/wav", None)


def test_a_call_without_speech_can_be_heard():
    noise = np.random.default_rng(3).integers(-600, 600, (2, 10 * RATE)).astype(np.int16)

    assert made_of(Decoded(noise)).listening.audio is not None


def test_an_encoder_that_fails_leaves_the_peaks():
    told = []

    def breaks(samples, pace):
        raise OSError(28, "No space left on device")

    with Making(
        Pace(Turns(1), Lane.BATCH, Progress()), lambda *said, **fields: told.append((said, fields)), breaks
    ) as one:
        one.start(sound_of())
        made = one.result()

    assert (made.media_type, made.audio, json.loads(made.peaks)["duration"]) == (None, None, 1.0)
    assert told == [(("listening_not_made",), {"error_type": "OSError"})]


def test_a_job_that_fails_waits_for_no_encoder():
    """It fails while the second of four slices is being worked on: that one is finished, and no other is begun."""
    begun, given_up = threading.Event(), threading.Event()

    def watch(number):
        if number == 2:
            begun.set()
            until(making._aside.given_up.is_set)
            given_up.set()

    turns = Watched(watch)
    making = Making(Pace(turns, Lane.BATCH, Progress()), print)

    with making:
        making.start(sound_of(25))
        assert begun.wait(DEADLINE_S)

    assert (given_up.is_set(), turns.taken, listeners()) == (True, 2, [])


def test_an_engine_that_fails_leaves_no_thread(call):
    class Fails(ScriptedEngine):
        def transcribe(self, call):
            raise EngineFailed

    with pytest.raises(EngineFailed):
        made_of(Decoded(call), engine=Fails())

    assert listeners() == []


def test_a_warning_that_fails_the_job_ends_the_thread(call):
    with pytest.raises(WarningIsFailure):
        made_of(Decoded(call, warnings=("audio_incomplete",)), fail_on=("audio_incomplete",))

    assert listeners() == []


@pytest.mark.parametrize("reason", [LeaseLost(), Draining()])
def test_a_job_abandoned_at_the_last_slice_says_why(call, reason):
    progress, heard = Progress(), threading.Event()

    class Ends(ScriptedEngine):
        def transcribe(self, call):
            made = super().transcribe(call)
            heard.set()
            return made

    def watch(number):
        if number == 3:
            assert heard.wait(DEADLINE_S)
            progress.give_up(reason)

    with pytest.raises(type(reason)):
        made_of(Decoded(call), Watched(watch), progress, Ends())

    assert listeners() == []


def test_a_finished_job_leaves_no_thread(call):
    made_of(Decoded(call))

    assert listeners() == []


def test_each_slice_is_a_sign_of_life():
    class Counting(Progress):
        touched = 0

        def touch(self):
            self.touched += 1
            super().touch()

    progress = Counting()
    with Making(Pace(Turns(1), Lane.BATCH, progress), print) as one:
        one.start(sound_of(25))
        assert isinstance(one.result(), Listening)

    assert progress.touched == 4


def _line_up(turns, name, served, step):
    def run():
        with step:
            served.append(name)

    before = turns.waiting
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: turns.waiting == before + 1)
    return thread


def test_listening_waits_for_whoever_feeds_the_engine():
    turns, served = Turns(1), []
    live, night = (Pace(turns, lane, Progress(), 1_000.0) for lane in (Lane.INTERACTIVE, Lane.BATCH))

    with all_taken(turns):
        threads = [
            _line_up(turns, "night, heard", served, Aside(night, 60.0).step(60.0)),
            _line_up(turns, "live hour, heard", served, Aside(live, 3_600.0).step(10.0)),
            _line_up(turns, "live minute, heard", served, Aside(live, 60.0).step(60.0)),
            _line_up(turns, "night", served, night.step(3_600.0)),
            _line_up(turns, "live hour", served, live.step(3_500.0)),
            _line_up(turns, "live", served, live.step(100.0)),
        ]
    finish(threads)

    assert served == ["live", "live minute, heard", "live hour", "live hour, heard", "night, heard", "night"]


def test_who_is_given_up_in_line_takes_no_turn():
    turns, served = Turns(1), []
    aside = Aside(Pace(turns, Lane.BATCH, Progress()), 1.0)

    def run():
        with pytest.raises(GivenUp), aside.step(1.0):
            served.append("worked")

    with all_taken(turns):
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        until(lambda: turns.waiting == 1)
        aside.given_up.set()
    finish([thread])

    assert (served, turns.waiting) == ([], 0)
