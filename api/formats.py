"""A transcript as text: txt for reading, srt and vtt for players. The words and their order are the same in all."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.transcript import Transcript, Utterance, Word

MAX_CUE_CHARACTERS = 84
MAX_CUE_S = 7.0


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands on the screen at a time."""

    start: float
    end: float
    speaker: str | None
    text: str


def as_txt(transcript: Transcript) -> str:
    """A line an utterance: `[HH:MM:SS] speaker: text`."""
    lines = (f"[{_clock(u.start)[:8]}] {_named(u.speaker, _tidy(u.text))}\n" for u in transcript.utterances)
    return "".join(lines)


def as_srt(transcript: Transcript) -> str:
    """SubRip: numbered cues, `speaker: text`."""
    blocks = (
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{_named(cue.speaker, cue.text)}\n\n"
        for number, cue in enumerate(_cues(transcript), start=1)
    )
    return "".join(blocks)


def as_vtt(transcript: Transcript) -> str:
    """WebVTT: cues with a voice span; what could be read as markup is escaped."""
    blocks = (
        f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_voiced(cue.speaker, cue.text)}\n\n" for cue in _cues(transcript)
    )
    return "WEBVTT\n\n" + "".join(blocks)


def _cues(transcript: Transcript) -> list[Cue]:
    """The cues of all utterances by time: two parties may speak at once."""
    cues = [_cue(utterance, words) for utterance in transcript.utterances for words in _runs(_timed(utterance))]
    return sorted(cues, key=lambda cue: cue.start)


def _cue(utterance: Utterance, words: list[Word]) -> Cue:
    start = words[0].start
    # A cue of one endless word is cut short: no player shows a line for longer.
    end = min(words[-1].end, start + MAX_CUE_S)
    return Cue(start, end, utterance.speaker, _tidy(" ".join(word.word for word in words)))


def _runs(words: list[Word]) -> Iterator[list[Word]]:
    """Cut before the word that would make a cue too long, in letters or in time."""
    run: list[Word] = []
    for word in words:
        length = sum(len(w.word) + 1 for w in run) + len(word.word)
        if run and (length > MAX_CUE_CHARACTERS or word.end - run[0].start > MAX_CUE_S):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _timed(utterance: Utterance) -> list[Word]:
    """The words with their times; where none were asked for, times in proportion to the letters."""
    if utterance.words:
        return list(utterance.words)
    words = utterance.text.split()
    per_letter_s = (utterance.end - utterance.start) / max(1, sum(map(len, words)))
    timed, at = [], utterance.start
    for word in words:
        end = at + per_letter_s * len(word)
        timed.append(Word(word=word, start=at, end=end, confidence=utterance.confidence))
        at = end
    return timed


def _tidy(text: str) -> str:
    """`text` on one line: a blank line would end a cue."""
    return " ".join(text.split())


def _named(speaker: str | None, text: str) -> str:
    """A line that says who speaks, where that is known."""
    return f"{speaker}: {text}" if speaker else text


def _voiced(speaker: str | None, text: str) -> str:
    """A line of WebVTT, in which `<` and `&` mean markup."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<v {speaker}>{safe}" if speaker else safe


def _clock(seconds: float, point: str = ".") -> str:
    """`HH:MM:SS.mmm`, with `point` before the milliseconds."""
    ms = round(seconds * 1_000)
    minutes, ms = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{ms // 1_000:02}{point}{ms % 1_000:03}"
