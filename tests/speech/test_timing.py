"""Word times: always in order, always within their limits, mended where the alignment gives none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.speech.engine.words import num_frames, settled, whole

times = st.lists(st.tuples(st.integers(-50, 1200), st.integers(-50, 1200)), min_size=1, max_size=40)


@given(times)
def test_settled_words_rise_within_their_limits(raw):
    found = settled(raw, 0, 1000)

    bounds = [0, *(mark for word in found for mark in word), 1000]
    assert len(found) == len(raw)
    assert bounds == sorted(bounds)
    assert all(start < end for start, end in found)


def test_sound_times_are_left_alone():
    sound = [(10, 200), (200, 350), (900, 1000)]

    assert settled(sound, 0, 1000) == sound


def test_words_without_time_share_the_room_of_their_neighbours():
    assert settled([(0, 100), (100, 100), (100, 400), (500, 600)], 0, 1000) == [
        (0, 100),
        (100, 300),
        (300, 400),
        (500, 600),
    ]


def test_a_word_before_its_turn_waits():
    assert settled([(0, 100), (300, 400), (200, 500)], 0, 1000) == [(0, 100), (300, 400), (400, 500)]


def test_a_last_word_without_time_gets_a_little():
    assert settled([(0, 500), (500, 500)], 0, 1000) == [(0, 500), (500, 600)]


def test_frames_come_from_the_row_alone():
    assert [num_frames(seconds) for seconds in (0.001, 1.0, 29.999, 30.0, 31.0)] == [2, 100, 3000, 3000, 3000]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([" o", "'", "clock", "."], [" o'clock."]),
        ([" l", "'", "appeler"], [" l'appeler"]),
        ([" twenty", "-", "four", " euros"], [" twenty-four", " euros"]),
        ([" souvenez", " ?"], [" souvenez ?"]),
        (["Hello", ",", " you"], ["Hello,", " you"]),
    ],
)
def test_a_word_is_whole_where_no_space_parts_it(parts, words):
    texts, groups = whole([*parts, "<end>"], [[number] for number in range(len(parts) + 1)])

    assert texts == [*words, "<end>"]
    assert [token for group in groups for token in group] == list(range(len(parts) + 1))
