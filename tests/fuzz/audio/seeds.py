"""What mutants are made from: a recording of each container and codec that is accepted, a second long and small."""

from functools import cache

from audio.files import encoded
from audio.samples import SAMPLES, Sample, name_of

MOST_BYTES = 80_000
SMALL_ALAC = Sample("M4A", "alac", lambda: encoded("ipod", "alac", 8_000, channels=2))


@cache
def seeds() -> dict[str, bytes]:
    """One recording a container and codec, by the name of both; of two the later one, which is the odder one."""
    made = {name_of(sample): sample.make() for sample in (*SAMPLES, SMALL_ALAC)}
    return {name: data for name, data in made.items() if len(data) <= MOST_BYTES}
