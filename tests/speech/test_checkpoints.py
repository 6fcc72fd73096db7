"""A call that was cut off goes on from its checkpoint, to the transcript that it would have had."""

import json
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from shared.errors.transient import Draining, EngineFailed, LeaseLost, StorageUnavailable
from shared.job import Options
from worker.audio.decode import Decoder
from worker.audio.sandbox import Isolation
from worker.speech.engine import Engine
from worker.speech.front.vad import SAMPLE_RATE_HZ, Span
from worker.speech.notes import Notes
from worker.speech.progress import Progress
from worker.speech.windows import WHOLE, Packing, pack
from worker.transcribe import Order, Transcriber

CALL = Path(str(resources.files("api"))) / "console" / "calls" / "angebot-de.wav"
HEARD_S = 12
EACH_S = 1.0
"""A limit so small that every answer of the engine is kept."""
BRIEF = {"beam_size": 1, "max_length": 24}
SHORT = Packing(window_s=10.0, pause_s=0.3)
LONG_S = 60.0
OF_THIS_RUN = {"attempt", "decode_s", "engine_s"}


class Killed(BaseException):
    """The process ends here: nothing that comes after is done."""


@dataclass
class Shelf:
    """Keeps checkpoints in memory; `happens` says what comes of each, by its number."""

    bodies: list = field(default_factory=list)
    facts: list = field(default_factory=list)
    happens: dict = field(default_factory=dict)
    asked: int = 0

    def last(self):
        return self.bodies[-1] if self.bodies else None

    def keep(self, body):
        self.asked += 1
        error = self.happens.get(self.asked)
        if isinstance(error, (LeaseLost, StorageUnavailable)):
            raise error
        self.bodies.append(body)
        if error:
            raise error

    def next(self, happens=None):
        """The shelf as the next claim finds it."""
        return Shelf(list(self.bodies), happens=happens or {})

    def tell(self, name, **fields):
        self.facts.append((name, fields))

    @property
    def told(self):
        return [name for name, _ in self.facts]


class Network:
    """The network of a model; it counts the rows that it hears, and does things before a batch where told to.

    `options` are put over those of the engine: random weights never come to an end by themselves.
    """

    def __init__(self, network, options):
        self._network = network
        self._options = options
        self.rows = 0
        self.instead = lambda _: None

    def __getattr__(self, name):
        return getattr(self._network, name)

    def encode(self, features):
        rows = len(np.asarray(features))
        self.rows += rows
        self.instead(self.rows)
        return self._network.encode(features)

    def generate(self, encoded, prompts, **options):
        return self._network.generate(encoded, prompts, **options | self._options)


@dataclass
class Line:
    """A transcriber with the network that it hears by."""

    network: Network
    transcriber: Transcriber

    def run(self, shelf, order, progress=None):
        """Transcribe the call: the transcript, and how many windows were heard for it."""
        before = self.network.rows
        with CALL.open("rb") as audio:
            made = self.transcriber.transcribe(audio, replace(order, shelf=shelf), progress or Progress()).transcript
        return made, self.network.rows - before


@dataclass(frozen=True)
class Beginning:
    """A decoder that keeps the first seconds of a call."""

    decoder: Decoder

    def decode(self, audio):
        recording = self.decoder.decode(audio)
        return replace(recording, samples=recording.samples[:, : HEARD_S * SAMPLE_RATE_HZ])


@dataclass(frozen=True)
class Changed:
    """A decoder whose samples are others since yesterday."""

    decoder: Decoder

    def decode(self, audio):
        recording = self.decoder.decode(audio)
        return replace(recording, samples=recording.samples + np.int16(1))


@pytest.fixture(scope="module")
def lines():
    """Make lines, each with an engine of its own, so that nothing of a call that was cut off is counted for the next."""
    made = []

    def line(model, decoder=None, checkpoint_s=EACH_S):
        network = Network(model.whisper.model, BRIEF if model.name == "random" else {})
        engine = Engine(replace(model, whisper=SimpleNamespace(model=network)), rungs=1)
        engine.start()
        made.append(engine)
        return Line(network, Transcriber(decoder or Decoder(Isolation.LIMITS), engine, checkpoint_s=checkpoint_s))

    yield line
    assert all(engine.stop() for engine in made)


@pytest.fixture(scope="module")
def small(model):
    """The model of random weights, which wants as small windows as the shipped one."""
    return replace(model, packing=SHORT)


@pytest.fixture
def line(lines, small):
    return lines(small)


@pytest.fixture(scope="module")
def order():
    return Order("job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", 1, None, Options(), 1, "2026-01-15T10:00:10.802Z", "a" * 64, "0.1.0")


def _cut(line, order):
    """Have a call killed as soon as its first checkpoint is kept; give the shelf as it is then."""
    shelf = Shelf(happens={1: Killed()})
    with pytest.raises(Killed):
        line.run(shelf, order)
    return shelf.next()


@pytest.fixture(scope="module")
def killed(lines, small, order):
    return _cut(lines(small), order)


@pytest.fixture
def cut(killed):
    """The shelf of a call that was killed, for a claim of its own."""
    return killed.next()


def _document(made):
    document = made.model_dump()
    document["processing"] = {name: one for name, one in document["processing"].items() if name not in OF_THIS_RUN}
    return document


def _heard(shelf):
    return len(json.loads(shelf.last())["windows"])


def test_real_words_are_the_same_after_a_kill(lines, shipped, order):
    order, decoder = replace(order, options=Options(language="de")), Beginning(Decoder(Isolation.LIMITS))
    whole, windows = lines(shipped, decoder).run(Shelf(), order)
    shelf = _cut(lines(shipped, decoder), order)

    made, rest = lines(shipped, decoder).run(shelf.next(), replace(order, attempt=2))

    assert _document(made) == _document(whole)
    assert 0 < rest == windows - _heard(shelf)


@pytest.mark.parametrize("language", ["auto", "fr"])
def test_only_the_rest_is_heard_again(lines, small, order, language):
    asked = replace(order, options=Options(language=language))
    whole, windows = lines(small).run(Shelf(), asked)
    shelf = _cut(lines(small), asked)

    made, rest = lines(small).run(shelf.next(), asked)

    assert _document(made) == _document(whole)
    assert 0 < rest == windows - _heard(shelf)


def test_a_call_may_be_cut_off_many_times(lines, small, order):
    asked = replace(order, options=Options(language="fr"))
    whole, windows = lines(small).run(Shelf(), asked)
    first = _cut(lines(small), asked)
    second = first.next({1: Killed()})
    with pytest.raises(Killed):
        lines(small).run(second, asked)

    made, rest = lines(small).run(second.next(), asked)

    assert _heard(first) < _heard(second) == windows - rest
    assert _document(made) == _document(whole)


@pytest.mark.parametrize(("error", "kept"), [(Draining(), 1), (EngineFailed(), 1), (LeaseLost(), 0)])
def test_a_job_that_is_handed_back_keeps_what_it_has(lines, small, order, error, kept):
    """A job that is lost is another's: nothing more is written."""
    line, shelf, progress = lines(small, checkpoint_s=LONG_S), Shelf(), Progress()
    line.network.instead = lambda rows: progress.give_up(error) if rows > 8 else None

    with pytest.raises(type(error)):
        line.run(shelf, order, progress)

    assert (len(shelf.bodies), shelf.told) == (kept, ["checkpoint_kept"] * kept)
    assert all(len(json.loads(body)["windows"]) >= 8 for body in shelf.bodies)


def test_a_short_call_keeps_nothing(lines, small, order):
    line, shelf = lines(small, checkpoint_s=LONG_S), Shelf()

    line.run(shelf, order)

    assert shelf.asked == 0
    assert not [fact for fact in shelf.told if fact.startswith("checkpoint")]


def test_what_cannot_be_kept_fails_no_call(line, order):
    shelf = Shelf(happens={number: StorageUnavailable() for number in (1, 3)})

    made, _ = line.run(shelf, order)

    assert made.utterances or made.suppressed
    assert shelf.told[:3] == ["checkpoint_failed", "checkpoint_kept", "checkpoint_failed"]


def test_a_lost_lease_ends_the_work_at_once(line, order):
    shelf = Shelf(happens={2: LeaseLost()})

    with pytest.raises(LeaseLost):
        line.run(shelf, order)

    assert shelf.asked == 2


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (lambda body: body[: len(body) // 2], "unreadable"),
        (lambda _: b"\xff\x00", "unreadable"),
        (lambda _: b"", "unreadable"),
        (lambda body: body.replace(b'"version":1', b'"version":2'), "unreadable"),
        (lambda body: body.replace(b'"start_ms":', b'"start_ms":9'), "damaged"),
        (lambda body: body.replace(b'"start":', b'"start":7'), "damaged"),
        (lambda body: body.replace(b"job_01KF0HJ2", b"job_01KF0HJ3"), "foreign"),
    ],
)
def test_a_spoiled_checkpoint_is_told_and_ignored(line, order, cut, spoil, cause):
    shelf = Shelf([spoil(cut.last())])

    _, heard = line.run(shelf, order)

    assert shelf.facts[0] == ("checkpoint_ignored", {"cause": cause})
    assert heard > _heard(cut)


@pytest.mark.parametrize(
    "change", [{"job_id": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0B"}, {"options_sha256": "b" * 64}, {"worker_version": "0.2.0"}]
)
def test_what_another_order_has_heard_is_not_used(line, order, cut, change):
    line.run(cut, replace(order, **change))

    assert cut.facts[0] == ("checkpoint_ignored", {"cause": "foreign"})


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"compute_type": "float16"}, {"engine_version": "9"}])
def test_what_another_model_has_heard_is_not_used(lines, small, order, cut, change):
    line = lines(replace(small, **change))

    line.run(cut, order)

    assert cut.facts[0] == ("checkpoint_ignored", {"cause": "foreign"})


def test_what_was_heard_in_other_samples_is_not_used(lines, small, order, cut):
    line = lines(small, Changed(Decoder(Isolation.LIMITS)))

    line.run(cut, order)

    assert cut.facts[0] == ("checkpoint_ignored", {"cause": "other_sound"})


def test_another_packing_is_heard_in_its_own_windows(lines, small, order, cut):
    other = replace(small, packing=WHOLE)
    whole, _ = lines(other).run(Shelf(), order)

    made, _ = lines(other).run(cut, order)

    assert cut.facts[0] == ("checkpoint_resumed", {"windows": 0, "audio_s": 0})
    assert _document(made) == _document(whole)


def test_progress_begins_where_it_was(line, order, cut):
    progress, seen = Progress(), []
    line.network.instead = lambda _: seen.append(progress.standing)

    line.run(cut, order, progress)

    first = seen[0]
    assert first.percent > 20
    assert first.speech_s_done == pytest.approx(first.speech_s_resumed)


def test_engine_time_of_earlier_claims_is_told(line, order, cut):
    kept = json.loads(cut.last())

    made, _ = line.run(cut, order)

    assert made.processing.engine_s > kept["engine_s"] > 0
    assert made.processing.decode_s > kept["decode_s"] > 0


def test_a_window_is_not_used_in_another_language():
    (window,) = pack(0, np.zeros(3 * SAMPLE_RATE_HZ, np.int16), [Span(0, 2 * SAMPLE_RATE_HZ)])
    notes = Notes()

    notes.finish(window, "fr", ())

    assert notes.heard(window, "fr") == ()
    assert notes.heard(window, "de") is None


def _hour(rng):
    """Windows of an hour of speech, 1 to 30 s each."""
    ends = np.cumsum(rng.uniform(1.0, 29.0, 400))
    ends = ends[ends < 3_600]
    spans = [Span(int(a * 16_000), int(b * 16_000)) for a, b in zip([0.0, *ends], ends - 0.2, strict=False)]
    return pack(0, np.broadcast_to(np.int16(0), int(ends[-1] * 16_000)), spans)


def test_a_kill_in_an_hour_costs_five_minutes_at_most():
    windows, kept, risks = _hour(np.random.default_rng(7)), [0], []
    notes = Notes(lambda notes: bool(kept.append(len(notes.windows)) or 1), audio_s=3_600.0)

    for count, window in enumerate(windows, start=1):
        notes.finish(window, "fr", ())
        risks.append(sum(one.duration_s for one in windows[kept[-1] : count]))
        notes.keep_in_time()

    assert 200 < max(risks) <= 300
    assert 11 <= len(kept) - 1 <= 14
