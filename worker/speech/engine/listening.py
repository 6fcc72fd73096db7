"""The job's side of the engine: rows put in, answers judged, doubtful ones asked again, segments made.

All of it runs in the thread of the job, so that the engine's thread does nothing but run the network.
"""

import queue
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from worker.speech import guard, language
from worker.speech.engine.decoding import hypothesis
from worker.speech.engine.ladder import RUNGS
from worker.speech.engine.ready import LOOK_S, Ready, Ticket
from worker.speech.engine.values import Election, Heard, Parcel, Recognition, Row
from worker.speech.engine.words import timed
from worker.speech.front.mel import LogMel
from worker.speech.model import SpeechModel
from worker.speech.notes import Notes
from worker.speech.spoken import Figures, Hypothesis, Segment
from worker.speech.windows import Window

Tried = list[tuple[Heard, Hypothesis]]


@dataclass(frozen=True, slots=True)
class Ears:
    """What all calls are heard with: the model's tables (never its network), the spectrum, the rungs of the ladder."""

    model: SpeechModel
    mel: LogMel
    rungs: int


@dataclass(slots=True)
class Listening:
    """One call on its way through the engine: what is out, what was heard, what has to be heard again."""

    ears: Ears
    ready: Ready
    ticket: Ticket
    out_rows: int = 0
    tried: dict[tuple[int, int], Tried] = field(default_factory=lambda: defaultdict(list))

    def recognise(self) -> Recognition:
        """Have all windows heard that were not: first those that the languages are told by, where nobody told them.

        Raises:
            TransientError: a window could not be heard, or the job was abandoned.
        """
        call, earlier_s = self.ticket.call, self.notes.engine_s
        probes = [] if call.verdict else language.probes(call.windows)
        verdict = call.verdict
        if not (verdict or call.rules.hint):
            verdict = self._elected(probes)
        codes = [verdict.by_channel[window.channel] if verdict else call.rules.hint for window in call.windows]
        for window, code in zip(call.windows, codes, strict=True):
            if self.notes.heard(window, code) is None:
                asks = not verdict and window in probes and window.at not in self.notes.votes
                self._put(Parcel((self._row(window, code, is_probe=asks),)))
        self._hear_all()
        told = [self.notes.heard(window, code) or () for window, code in zip(call.windows, codes, strict=True)]
        segments = sorted(chain.from_iterable(told), key=lambda one: (one.channel, one.words[0].start_ms))
        return Recognition(tuple(segments), verdict or self._voted(probes), self.notes.engine_s - earlier_s)

    @property
    def notes(self) -> Notes:
        """What is known of the call."""
        return self.ticket.call.notes

    def _elected(self, probes: Sequence[Window]) -> language.Verdict:
        """Let the probes vote, in the batch in which they are decoded too; a vote is held once."""
        if any(probe.at not in self.notes.votes for probe in probes):
            rows = tuple(self._row(window, None, is_probe=True) for window in probes)
            self._put(Parcel(rows, Election(self.ticket.call.rules, self._speech_s())))
            self._hear_all()
        return self._voted(probes)

    def _voted(self, probes: Sequence[Window]) -> language.Verdict:
        """Count the votes in the order of the call, whatever order they came in."""
        ballots = language.ballots(probes, [self.notes.votes[probe.at] for probe in probes])
        return language.vote(ballots, self._speech_s(), self.ticket.call.rules, self.ears.model.languages)

    def _speech_s(self) -> dict[int, float]:
        speech_s: dict[int, float] = defaultdict(float)
        for window in self.ticket.call.windows:
            speech_s[window.channel] += window.speech_s
        return speech_s

    def _row(self, window: Window, code: str | None, *, is_probe: bool) -> Row:
        with self.ticket.call.pace.step():
            return Row(window, self.ears.mel(window.samples), code, is_probe)

    def _put(self, parcel: Parcel) -> None:
        self.ready.put(self.ticket, parcel)
        self.out_rows += len(parcel.rows)
        self._take_all()

    def _hear_all(self) -> None:
        """Wait until every row that is out has its answer."""
        while self.out_rows:
            self.ticket.call.pace.progress.check()
            try:
                self._take(self.ticket.answers.get(timeout=LOOK_S))
            except queue.Empty:
                continue
            self._take_all()

    def _take_all(self) -> None:
        """Take the answers that are there; only then is anything kept, so that a batch costs one checkpoint at most."""
        for _ in range(self.ticket.answers.qsize()):
            self._take(self.ticket.answers.get())
        self.notes.keep_in_time()

    def _take(self, answer: list[Heard] | BaseException) -> None:
        if isinstance(answer, BaseException):
            raise answer
        for heard in answer:
            self.out_rows -= 1
            self.notes.engine_s += heard.engine_s
            if heard.probabilities is not None:
                self.notes.vote(heard.row.window, heard.probabilities)
            self._settle(heard)

    def _settle(self, heard: Heard) -> None:
        """Keep a row's text, or have the row decoded the next way."""
        window, rung = heard.row.window, heard.row.rung
        tried = self.tried[window.channel, window.index]
        tried.append((heard, hypothesis(self.ears.model, heard.row, heard.decoded)))
        if guard.deserves_retry(tried[-1][1]) and rung + 1 < self.ears.rungs:
            self.ready.put_again(self.ticket, Parcel((replace(heard.row, rung=rung + 1, is_probe=False),)))
            self.out_rows += 1
            return
        best = guard.best([text for _, text in tried])
        self.notes.finish(window, heard.row.language or "", self._segments(*tried[best]))
        self.ticket.call.pace.progress.advance(window.speech_s)
        del self.tried[window.channel, window.index]

    def _segments(self, heard: Heard, text: Hypothesis) -> list[Segment]:
        """Time the words, and part them where the window jumps in the call."""
        row = heard.row
        if not text.tokens:
            return []
        code = row.language or ""
        runs = timed(self.ears.model.tokenizer(code), text.tokens, heard.alignment, row.window)
        figures = Figures(text.avg_logprob, text.no_speech_prob, RUNGS[row.rung].temperature)
        reasons = guard.window_reasons(text)
        return [Segment(row.window.channel, row.window.index, code, words, figures, reasons) for words in runs]
