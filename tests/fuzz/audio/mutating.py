"""Mutants: what damage, tools and attackers make of a recording, each made again by its seed and number."""

import re
from collections.abc import Callable, Mapping
from random import Random

Mutator = Callable[[bytes, Random, Mapping[str, bytes]], bytes]

HEAD_BYTES = 512
NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    8,
    127,
    128,
    255,
    256,
    4_095,
    65_535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**63,
    2**64 - 1,
)
NAMES = re.compile(
    rb"RIFF|RF64|ds64|fmt |fact|data|LIST|fLaC|OggS|OpusHead|vorbis|ID3|Xing|Info|LAME|FORM|COMM|SSND|FVER|caff|desc|pakt"
    rb"|kuki|chan|ftyp|moov|mvhd|trak|tkhd|mdhd|hdlr|stbl|stsd|stts|ctts|stsz|stsc|stco|co64|elst|esds|alac|mp4a|samr"
    rb"|mdat|moof|mfhd|traf|tfhd|tfdt|trun|trex|sidx|\.snd|#!AMR|\x1aE\xdf\xa3|\x15I\xa9f|\x16T\xaek|\x1fC\xb6u|\x1cS\xbbk"
)
"""Where numbers stand: beside the names of chunks, boxes, pages and elements."""


def mutant(seeds: Mapping[str, bytes], seed: int, number: int) -> bytes:
    """Mutant `number` of a run with `seed`: of one recording, changed in one to four ways."""
    random = Random(f"{seed}/{number}")
    data = seeds[random.choice(sorted(seeds))]
    for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
        data = random.choice(MUTATORS)(data, random, seeds)
    return data


def place(data: bytes, random: Random) -> int:
    """Anywhere, but in the head every other time."""
    return random.randrange(max(1, min(len(data), HEAD_BYTES) if random.random() < 0.5 else len(data)))


def flip_bits(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 16, 64)) if data else 0):
        changed[place(data, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def overwrite(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    at, length = place(data, random), random.choice((1, 4, 16, 64, 300))
    fresh = random.choice((random.randbytes(length), b"\0" * length, b"\xff" * length))
    return data[:at] + fresh + data[at + length :]


def swap_blocks(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    first, second = sorted((place(data, random), place(data, random)))
    length = min(random.choice((4, 64, 1_024)), second - first)
    one, other = data[first : first + length], data[second : second + length]
    return data[:first] + other + data[first + length : second] + one + data[second + length :]


def truncate(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    return data[: place(data, random)]


def double(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    at, length = place(data, random), random.choice((4, 64, 1_024, 8_192))
    return data[:at] + data[at : at + length] * random.choice((2, 2, 3, 20)) + data[at + length :]


def take_out(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    at = place(data, random)
    return data[:at] + data[at + random.choice((1, 4, 64, 1_024)) :]


def put_number(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    """A number from the edges of its width, of either byte order, anywhere."""
    return _with_number(data, place(data, random), random)


def lie_of_size(data: bytes, random: Random, _seeds: Mapping[str, bytes]) -> bytes:
    """A number beside a name: the size before it (MP4) or behind it (RIFF), or a field further on."""
    named = [found.span() for found in NAMES.finditer(data)]
    if not named:
        return put_number(data, random, _seeds)
    start, end = random.choice(named)
    at = random.choice((start - 4, end, end, end + 4, end + 4 * random.randrange(12), end + random.randrange(48)))
    return _with_number(data, max(at, 0), random)


def splice(data: bytes, random: Random, seeds: Mapping[str, bytes]) -> bytes:
    """The head of one recording before the tail of another."""
    other = seeds[random.choice(sorted(seeds))]
    return data[: place(data, random)] + other[place(other, random) :]


def _with_number(data: bytes, at: int, random: Random) -> bytes:
    width = random.choice((1, 2, 4, 4, 8))
    near = int.from_bytes(data[at : at + width], "big") + random.choice((-1, 1))
    number = random.choice((*NUMBERS, near, len(data), random.getrandbits(8 * width))) % (1 << 8 * width)
    return data[:at] + number.to_bytes(width, random.choice(("big", "little"))) + data[at + width :]


MUTATORS: tuple[Mutator, ...] = (
    flip_bits, overwrite, swap_blocks, truncate, double, take_out, put_number, lie_of_size, lie_of_size, splice,
)  # fmt: skip
