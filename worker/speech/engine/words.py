"""When each word was said: the alignment of text to sound, told in milliseconds of the call.

CTranslate2's `align` answers differently for a row in other company when all its `num_frames` are equal
(it then normalises over padding that comes from the longest text of the batch). `align_rows` works round
that by two calls; a test holds the defect itself, so that the day it is mended this can go.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from ctranslate2 import StorageView
from faster_whisper.transcribe import merge_punctuations

from worker.speech.engine.decoding import rows
from worker.speech.engine.values import Row
from worker.speech.model import SpeechModel
from worker.speech.spoken import Word
from worker.speech.windows import Window

FRAMES_PER_STEP = 2  # mel frames of 10 ms for one encoder step of 20 ms
STEPS_PER_S = 50
MAX_STEPS = 1500
MENDED_FROM_MS = 500  # chosen: a word without a time of its own shares its neighbour's, and who plays it misses nothing
SHORT_WORD_MS = 100  # what a last word gets that the alignment gave no time
PREPENDED = "\"'“¿([{-"  # as faster-whisper has them, for languages with spaces
APPENDED = "\"'.,!?:”)]}…"

SET_OFF = frozenset("!?:;»…")

Times = list[tuple[int, int]]


def align(model: SpeechModel, encoded: StorageView, batch: Sequence[Row], texts: Sequence[Sequence[int]]) -> list[Any]:
    """Align a batch with the network.

    Args:
        model: the loaded model.
        encoded: encoder output, one row for each row of `batch`.
        batch: rows with their languages; those of one language should stand together.
        texts: text tokens of each row.

    Returns:
        CTranslate2's alignment of each row, None where there is no text.
    """
    found: list[Any] = [None] * len(batch)
    for language, first, last in _slices(batch, texts):
        tokens = [list(text) for text in texts[first:last]]
        frames = [num_frames(row.window.duration_s) for row in batch[first:last]]
        found[first:last] = align_rows(model, rows(encoded, first, last), language, tokens, frames)
    return found


def timed(tokenizer: Any, tokens: Sequence[int], alignment: Any, window: Window) -> list[tuple[Word, ...]]:
    """Give the words of a row with their times in the call. It needs no network.

    Args:
        tokenizer: of the row's language.
        tokens: its text.
        alignment: what `align` found for it.
        window: where its audio stands in the call.

    Returns:
        Runs of words that are contiguous in the call, none empty: a window may hold speech from several places.
    """
    told = _placed(_walk(tokenizer, list(tokens), alignment), window)
    runs = [tuple(word for place, word in told if first <= place < last) for first, last in window.runs()]
    return [run for run in runs if run]


def num_frames(duration_s: float) -> int:
    """Give the mel frames that a row fills: from the row alone, never from its batch."""
    return FRAMES_PER_STEP * min(max(round(STEPS_PER_S * duration_s), 1), MAX_STEPS)


def align_rows(
    model: SpeechModel, encoded: StorageView, language: str, tokens: list[list[int]], frames: list[int]
) -> list[Any]:
    """Align rows of one language, each as if it stood alone.

    Where all frame counts are equal, the last one is changed so that the defective path is not taken,
    that row's answer is thrown away, and it is asked for again alone.
    """
    start = model.tokenizer(language).sot_sequence
    engine = model.whisper.model
    if len(tokens) == 1 or len(set(frames)) > 1:
        return list(engine.align(encoded, start, tokens, frames))
    odd = frames[-1] + (FRAMES_PER_STEP if frames[-1] == FRAMES_PER_STEP else -FRAMES_PER_STEP)
    together = engine.align(encoded, start, tokens, [*frames[:-1], odd])
    alone = engine.align(rows(encoded, len(tokens) - 1, len(tokens)), start, tokens[-1:], frames[-1:])
    return [*together[:-1], *alone]


def settled(times: Times, low: int, high: int) -> Times:
    """Put words in order: each at least 1 ms long, none before its predecessor's end.

    Args:
        times: start and end of each word in milliseconds, as the alignment has them.
        low: first millisecond that a word may touch.
        high: last one; `high - low` is at least the number of words.

    Returns:
        The times; words without a time of their own share the room between their neighbours.
    """
    before = [low, *(end for _start, end in times)]
    is_sound = all(before[i] <= start < end <= high for i, (start, end) in enumerate(times))
    if is_sound or not times:
        return times
    last_start, last_end = times[-1]
    marks = [*(start for start, _end in times), max(last_end, last_start + SHORT_WORD_MS)]
    starts = _spread(marks, low, high)
    ends = (
        min(end, after) if end > start else after
        for (_s, end), start, after in zip(times, starts, starts[1:], strict=False)
    )
    return list(zip(starts, ends, strict=False))


def whole(texts: list[str], groups: list[list[int]]) -> tuple[list[str], list[list[int]]]:
    """Join what stands without a space: the tokenizer parts `o'clock`, `l'appel` and `twenty-four` at their marks.

    A mark that French sets off by a space goes with the word before it too.
    """
    whole: list[tuple[str, list[int]]] = []
    for text, group in zip(texts[:-1], groups[:-1], strict=True):
        is_new = text.startswith(" ") and text.strip() not in SET_OFF
        if is_new or not whole:
            whole.append((text, group))
        else:
            before, tokens = whole[-1]
            whole[-1] = (before + text, tokens + group)
    return [*(text for text, _ in whole), texts[-1]], [*(group for _, group in whole), groups[-1]]


def _spread(marks: list[int], low: int, high: int) -> list[int]:
    """Make marks rise strictly: repeated ones are interpolated, all are spread evenly if there is no room."""
    rising = np.maximum.accumulate(np.clip(marks, low, high))
    values, places = np.unique(rising, return_index=True)
    last = len(marks) - 1
    if places[-1] != last:
        values, places = np.append(values[:-1], values[-1]), np.append(places[:-1], last)
    spread = np.floor(np.interp(np.arange(len(marks)), places, values)).astype(int)
    if np.any(np.diff(spread) < 1):
        spread = np.floor(np.linspace(low, high, len(marks))).astype(int)
    return [int(mark) for mark in spread]


def _slices(batch: Sequence[Row], texts: Sequence[Sequence[int]]) -> Iterator[tuple[str, int, int]]:
    """Give the runs of neighbouring rows that have a text and share a language."""
    keyed = groupby(range(len(batch)), key=lambda place: (batch[place].language or "", bool(texts[place])))
    for (language, has_text), run in keyed:
        places = list(run)
        if has_text:
            yield language, places[0], places[-1] + 1


def _walk(tokenizer: Any, tokens: list[int], result: Any) -> list[dict[str, Any]]:
    """Give the words of a row, punctuation joined to them, with seconds of the window and probability."""
    first_step: dict[int, int] = {}
    for token, step in result.alignments:
        first_step.setdefault(token, step)
    known = sorted(first_step)
    steps = np.interp(np.arange(len(tokens) + 1), known, [first_step[token] for token in known]) / STEPS_PER_S
    texts, groups = whole(*tokenizer.split_to_word_tokens([*tokens, tokenizer.eot]))
    bounds = np.cumsum([0, *(len(group) for group in groups[:-1])])
    words: list[dict[str, Any]] = [
        {"word": text, "tokens": group, "from": int(a), "to": int(b)}
        for text, group, a, b in zip(texts, groups, bounds, bounds[1:], strict=False)
    ]
    for word in words:
        word["start_s"], word["end_s"] = float(steps[word["from"]]), float(steps[word["to"]])
        word["confidence"] = float(np.mean(result.text_token_probs[word["from"] : word["to"]]))
    merge_punctuations(words, PREPENDED, APPENDED)
    return [word for word in words if word["word"].strip()]


def _placed(words: list[dict[str, Any]], window: Window) -> list[tuple[int, Word]]:
    """Put the words of a row into the call, piece by piece, so that none is stretched over a pause."""
    places = np.maximum.accumulate([0, *(window.place(word["start_s"], word["end_s"]) for word in words)])[1:]
    told: list[tuple[int, Word]] = []
    for place, run in groupby(zip(places.tolist(), words, strict=True), key=itemgetter(0)):
        low, high = window.limits_ms(place)
        own = [word for _, word in run][: high - low]  # more than a word a millisecond is no speech
        placed = [(window.in_call_ms(place, word["start_s"]), window.in_call_ms(place, word["end_s"])) for word in own]
        timings = zip(own, placed, settled(placed, low, high), strict=True)
        told += [(place, _word(word, at, mended)) for word, at, mended in timings]
    return told


def _word(word: dict[str, Any], placed: tuple[int, int], time_ms: tuple[int, int]) -> Word:
    moved_ms = max(abs(was - is_now) for was, is_now in zip(placed, time_ms, strict=True))
    return Word("".join(word["word"].split()), *time_ms, word["confidence"], is_mended=moved_ms >= MENDED_FROM_MS)
