"""One call through the network, a batch a step: detect, vote, generate, align. The order of the work, no thread.

A window's words depend on the window alone, whatever shares its batch: the same call gives the same words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ctranslate2 import StorageView

from worker.speech import decoding, guard, language
from worker.speech.features import features
from worker.speech.model import SpeechModel
from worker.speech.progress import Progress
from worker.speech.spoken import Figures, Segment, Word
from worker.speech.windows import Window
from worker.speech.words import aligned


@dataclass(frozen=True, slots=True)
class Call:
    """What a job hands to the engine. `verdict`: the languages, where they are known from an earlier pass."""

    windows: tuple[Window, ...]
    rules: language.LanguageRules
    progress: Progress
    verdict: language.Verdict | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the engine makes of a call. `segments` stand by channel and time; `engine_s`: seconds it was at work."""

    segments: tuple[Segment, ...]
    verdict: language.Verdict
    engine_s: float


class Work:
    """A call on its way through the engine. Its thread is the engine's."""

    def __init__(self, model: SpeechModel, call: Call, batch_windows: int) -> None:
        """Prepare to decode at most `batch_windows` windows at once.

        Raises:
            EngineFailed: the model does not know the language that is asked for.
        """
        language.eligible(call.rules, model.languages)
        self._model = model
        self._call = call
        self._batch_windows = batch_windows
        self._segments: list[Segment] = []
        self._verdict = call.verdict

    def steps(self) -> Iterator[None]:
        """Do the work; each step is one batch of it, and between steps it may be left for good."""
        heard: list[tuple[Sequence[Window], StorageView]] = []
        probes = language.probes(self._call.windows) if self._verdict is None else []
        ballots: list[language.Ballot] = []
        for batch in self._batches(probes):
            yield
            encoded = self._encoded(batch)
            heard.append((batch, encoded))
            ballots += self._ballots(batch, encoded)
        verdict = self._verdict or language.vote(ballots, self._speech_s(), self._call.rules, self._model.languages)
        self._verdict = verdict
        for batch, encoded in heard:
            yield
            self._decode(batch, encoded, verdict)
        probed = {(window.channel, window.index) for window in probes}
        others = [window for window in self._call.windows if (window.channel, window.index) not in probed]
        for batch in self._batches(sorted(others, key=lambda window: verdict.by_channel[window.channel])):
            yield
            self._decode(batch, self._encoded(batch), verdict)

    def result(self, engine_s: float) -> Recognition:
        """Give what was recognised; only after the last step."""
        if self._verdict is None:
            raise RuntimeError("The work is not done yet.")
        ordered = sorted(self._segments, key=lambda segment: (segment.channel, segment.index))
        return Recognition(tuple(ordered), self._verdict, engine_s)

    def _batches(self, windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
        for start in range(0, len(windows), self._batch_windows):
            yield windows[start : start + self._batch_windows]

    def _speech_s(self) -> Mapping[int, float]:
        speech_s: dict[int, float] = defaultdict(float)
        for window in self._call.windows:
            speech_s[window.channel] += window.speech_s
        return speech_s

    def _encoded(self, batch: Sequence[Window]) -> StorageView:
        return decoding.encode(self._model, features(self._model, batch))

    def _ballots(self, batch: Sequence[Window], encoded: StorageView) -> list[language.Ballot]:
        found = decoding.detect(self._model, encoded)
        return [language.Ballot(window.channel, window.speech_s, row) for window, row in zip(batch, found, strict=True)]

    def _decode(self, batch: Sequence[Window], encoded: StorageView, verdict: language.Verdict) -> None:
        rows = [decoding.Row(verdict.by_channel[window.channel], window.speech_s) for window in batch]
        first = decoding.generate(self._model, encoded, rows)
        texts = [self._settled(encoded, place, rows[place], hypothesis) for place, hypothesis in enumerate(first)]
        told = [(row.language, text.tokens) for row, text in zip(rows, texts, strict=True)]
        timed = aligned(self._model, encoded, batch, told)
        for window, row, text, words in zip(batch, rows, texts, timed, strict=True):
            if words:
                self._segments.append(_segment(window, row, text, words))
            self._call.progress.advance(window.speech_s)

    def _settled(
        self, encoded: StorageView, place: int, row: decoding.Row, first: decoding.Hypothesis
    ) -> decoding.Hypothesis:
        """Decode a doubtful row once more, alone and still without sampling, and keep the better text."""
        if not guard.deserves_retry(first):
            return first
        alone = decoding.rows(encoded, place, place + 1)
        (again,) = decoding.generate(self._model, alone, [row], decoding.UNREPEATED)
        return guard.better(first, again)


def _segment(window: Window, row: decoding.Row, text: decoding.Hypothesis, words: tuple[Word, ...]) -> Segment:
    return Segment(
        channel=window.channel,
        index=window.index,
        language=row.language,
        words=words,
        figures=Figures(text.avg_logprob, text.no_speech_prob, 0.0),
        reasons=guard.window_reasons(text),
    )
