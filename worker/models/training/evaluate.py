"""Measures an exported model through faster-whisper and writes the figures to its card."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faster_whisper import WhisperModel

from worker.models.training import cases, scoring, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from worker.models.training.cases import Case

BEAM = 5
SEGMENT_WITHIN_S, WORD_WITHIN_S = 0.3, 0.2
TIMESTAMP_S = 0.02
LANGUAGE_FROM_S = 5.0
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
MUST = {
    "word error rate, en, trained voices": "≤ 5 %",
    "word error rate, fr, trained voices": "≤ 8 %",
    "word error rate, en, unseen voices": "≤ 20 %",
    "word error rate, fr, unseen voices": "≤ 25 %",
    "language detected, 5 s of speech or more": "≥ 98 %",
    "silence, noise, tones: no text": "≥ 95 %",
    "segment start and end within 0.3 s": "≥ 90 %",
    "word start within 0.2 s": "≥ 80 %",
    "CPU time of a full window, one thread": "≤ 0.6 s",
    "directory size": "≤ 12 MB",
}


@dataclass(slots=True)
class Share:
    """A ratio that is still being counted."""

    part: int = 0
    whole: int = 0

    def count(self, part: int, whole: int = 1) -> None:
        """Add to both sides."""
        self.part += part
        self.whole += whole

    def __str__(self) -> str:
        """Write as a percentage with its base."""
        return f"{100 * self.part / max(self.whole, 1):.1f} % of {self.whole}"


class Evaluation:
    """The figures of one model, gathered over many windows."""

    def __init__(self, folder: Path) -> None:
        """Load the model as the worker does, on one thread."""
        self._folder = folder
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
        self.figures: dict[str, str] = {}
        self._segments = Share()
        self._first_timestamp = self._model.hf_tokenizer.token_to_id("<|0.00|>")
        self._words, self._languages = Share(), Share()

    def run(self, count: int) -> dict[str, str]:
        """Measure all figures on `count` utterances for each language and kind of voice."""
        for kind in ("trained", "unseen"):
            for language in text.LANGUAGES:
                windows = cases.single(language, count, unseen=kind == "unseen")
                name = f"word error rate, {language}, {kind} voices"
                self.figures[name] = str(self._word_errors(windows))
        for language in ("en", "fr"):
            windows = cases.single(language, count, unseen=False)
            untimed = self._word_errors(windows, without_timestamps=True)
            self.figures[f"word error rate, {language}, trained voices, without timestamps"] = str(untimed)
        for language in ("en", "fr"):
            share = self._word_errors(cases.several(language, count // 2 + 1))
            self.figures[f"word error rate, {language}, several utterances in 10 to 29.5 s"] = str(share)
        self.figures["segment start and end within 0.3 s"] = str(self._segments)
        self.figures["word start within 0.2 s"] = str(self._words)
        self.figures["language detected, 5 s of speech or more"] = str(self._languages)
        self.figures["silence, noise, tones: no text"] = str(self._silence(cases.silent(2 * count)))
        full = cases.several("en", max(count // 4, 3), cases.LONGEST_S)
        self.figures["CPU time of a full window, one thread"] = f"{self._cpu_s(full):.2f} s"
        size = sum(path.stat().st_size for path in self._folder.iterdir())
        self.figures["directory size"] = f"{size / 1e6:.1f} MB"
        return self.figures

    def _word_errors(self, windows: Iterable[Case], *, without_timestamps: bool = False) -> Share:
        share = Share()
        for case in windows:
            heard, _ = self._model.transcribe(
                case.samples,
                language=case.language,
                beam_size=BEAM,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=not without_timestamps,
                without_timestamps=without_timestamps,
            )
            segments = list(heard)
            said = scoring.words_of(case.text)
            joined = " ".join(segment.text for segment in segments)
            share.count(scoring.errors(said, scoring.words_of(joined)), len(said))
            if not without_timestamps:
                self._compare_times(case, segments)
                self._detect(case)
        return share

    def _detect(self, case: Case) -> None:
        if case.speech_s >= LANGUAGE_FROM_S:
            language, _, _ = self._model.detect_language(case.samples)
            self._languages.count(language == case.language)

    def _compare_times(self, case: Case, segments: list) -> None:
        starts = [self._time_s(segment.tokens[0]) for segment in segments]
        ends = [self._time_s(segment.tokens[-1]) for segment in segments]
        for start, end, _ in case.utterances:
            self._segments.count(_is_near(start, starts) and _is_near(end, ends))
        heard = [word for segment in segments for word in segment.words]
        plain = ["".join(scoring.words_of(word.word)) for word in heard]
        said = ["".join(scoring.words_of(word)) for word, _ in case.words]
        for mine, theirs in scoring.matches(said, plain):
            away = abs(heard[theirs].start - case.words[mine][1])
            self._words.count(away <= WORD_WITHIN_S)

    def _time_s(self, token: int) -> float:
        """Read a timestamp token: faster-whisper begins a window's only segment at 0, whatever its token says."""
        return (token - self._first_timestamp) * TIMESTAMP_S

    def _silence(self, windows: Iterable[Case]) -> Share:
        share = Share()
        for case in windows:
            segments, _ = self._model.transcribe(
                case.samples, language="en", beam_size=BEAM, condition_on_previous_text=False
            )
            share.count(not "".join(segment.text for segment in segments).strip())
        return share

    def _cpu_s(self, windows: list[Case]) -> float:
        """Average the CPU seconds of features, encoder and beam search; no word times."""
        before = time.process_time()
        for case in windows:
            segments, _ = self._model.transcribe(case.samples, language="en", beam_size=BEAM)
            list(segments)
        return (time.process_time() - before) / len(windows)


def _is_near(moment_s: float, told_s: list[float]) -> bool:
    """Say whether any of the told moments is the one meant; an utterance may be told as two segments."""
    return any(abs(told - moment_s) <= SEGMENT_WITHIN_S for told in told_s)


def table(figures: dict[str, str]) -> str:
    """Lay the figures out as a Markdown table beside what they must be."""
    rows = [f"| {name} | {value} | {MUST.get(name, '')} |" for name, value in figures.items()]
    return "\n".join(["| figure | measured | must |", "|---|---|---|", *rows])


def write_to_card(card: Path, figures: dict[str, str]) -> None:
    """Replace what stands between the card's two marks."""
    before, rest = card.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    card.write_text(f"{before}{BEGIN}\n{table(figures)}\n{END}{after}", "utf-8")
