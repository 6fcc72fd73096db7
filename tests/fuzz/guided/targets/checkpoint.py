"""The reader of checkpoints: any bytes are gone on from exactly as they were kept, or not at all, and told."""

from dataclasses import dataclass, field

import numpy as np

from worker.audio.channels import Leg
from worker.speech.checkpoint import Checkpoint, HeardLeg, HeardWindow, Maker, Vote, digest
from worker.speech.front.vad import Span
from worker.speech.keeping import Keeper
from worker.speech.spoken import Figures, Segment, Word
from worker.speech.windows import Place

MOST_BYTES = 8_192
SOUND = np.arange(16_000, dtype=np.int16)
LEG = Leg(0, "agent", "active", SOUND, -20.0, 0.0, None)
MAKER = Maker(job_id="job_1", params_hash="p", code_version="c", model_sha256="m", engine_version="e", compute_type="t", device="cpu")  # fmt: skip
PLACE: Place = (0, ((0, 16_000),))
SAID = Segment(0, 0, "de", (Word("ja", 100, 300, 0.9),), Figures(-0.2, 0.01, 0.0))
KEPT = Checkpoint(
    maker=MAKER,
    legs={0: HeardLeg(sha256=digest(SOUND), spans=(Span(0, 16_000),))},
    votes=(Vote(place=PLACE, probabilities={"de": 0.9, "en": 0.1}),),
    windows=(HeardWindow(place=PLACE, language="de", segments=(SAID,)),),
    decode_s=0.1,
    engine_s=1.0,
)


@dataclass
class Shelf:
    """Holds one checkpoint and hears what is told of it."""

    body: bytes
    told: list[str] = field(default_factory=list)

    def last(self):
        return self.body

    def keep(self, body):
        self.body = body

    def tell(self, name, **fields):
        self.told.append(name)


def seeds():
    yield KEPT.to_bytes()
    yield KEPT.model_copy(update={"windows": (), "votes": ()}).to_bytes()
    yield KEPT.model_copy(update={"maker": MAKER.model_copy(update={"job_id": "job_2"})}).to_bytes()
    yield KEPT.to_bytes().replace(b"0.9", b"NaN")
    yield b"[" * 3_000


def take(data):
    found = _looked(data)
    if found is not None:
        assert found == KEPT.model_copy(update={"seal": found.seal, **_but(found)})
    for resealed in _resealed(data):
        _looked(resealed)


def _looked(body):
    """What a keeper goes on from, having opened its notes; nothing, if it told why."""
    shelf = Shelf(body)
    keeper = Keeper(shelf, MAKER, (LEG,), 0.1)
    keeper.look()
    if keeper.earlier is None:
        assert shelf.told == ["checkpoint_ignored"]
        return None
    assert set(keeper.spans) == {0}
    keeper.open_notes((), keeper.spans)
    return keeper.earlier


def _but(found):
    """Parts that a seed leaves empty."""
    return {name: getattr(found, name) for name in ("windows", "votes") if not getattr(found, name)}


def _resealed(data):
    """The same with a seal that fits: whoever can write there can seal."""
    try:
        yield Checkpoint.model_validate_json(data).to_bytes()
    except ValueError:
        return
