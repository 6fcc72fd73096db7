"""The vote on the language of a call."""

import pytest

from shared.errors.transient import EngineFailed
from worker.speech.language import Ballot, LanguageRules, probes, vote

KNOWN = ("en", "fr", "de", "it")
ALL = ("fr", "de", "it", "en")


def _ballots(*legs):
    """Each leg: seconds of speech, then the probabilities of its one window."""
    ballots = [Ballot(channel, speech_s, shares) for channel, (speech_s, shares) in enumerate(legs)]
    return ballots, {ballot.channel: ballot.speech_s for ballot in ballots}


@pytest.mark.parametrize(
    ("legs", "rules", "language", "by_channel", "warnings"),
    [
        pytest.param([(20, {"fr": 0.9, "it": 0.1}), (20, {"fr": 0.95})], LanguageRules(None, ALL), "fr", "fr fr", (), id="agreed"),
        pytest.param([(20, {"fr": 0.9}), (30, {"de": 0.9})], LanguageRules(None, ALL), "de", "fr de", ("language_mismatch",), id="apart"),
        pytest.param([(20, {"fr": 0.9}), (4, {"de": 0.99})], LanguageRules(None, ALL), "fr", "fr fr", (), id="too short to differ"),
        pytest.param([(20, {"fr": 0.9, "de": 0.1}), (9, {"de": 0.7, "fr": 0.3})], LanguageRules(None, ALL), "fr", "fr fr", (), id="unsure leg follows"),
        pytest.param([(20, {"fr": 0.5, "it": 0.5})], LanguageRules(None, ALL), "fr", "fr", ("language_low_confidence",), id="unsure"),
        pytest.param([(20, {"fr": 0.5, "it": 0.5})], LanguageRules(None, ALL, "de"), "de", "de", ("language_low_confidence",), id="fallback"),
        pytest.param([(20, {"en": 0.9, "de": 0.08, "fr": 0.02})], LanguageRules(None, ("fr", "de")), "de", "de", (), id="candidates alone count"),
        pytest.param([(20, {"de": 0.89, "fr": 0.11})], LanguageRules("fr", ALL), "fr", "fr", (), id="hint"),
        pytest.param([(20, {"de": 0.95})], LanguageRules("fr", ALL), "fr", "fr", ("language_hint_disagrees",), id="hint against evidence"),
    ],
)  # fmt: skip
def test_the_vote_decides(legs, rules, language, by_channel, warnings):
    verdict = vote(*_ballots(*legs), rules, KNOWN)

    assert verdict.language == language
    assert list(verdict.by_channel.values()) == by_channel.split()
    assert verdict.warnings == warnings


def test_windows_count_by_their_speech():
    ballots = [Ballot(0, 25, {"it": 0.8, "fr": 0.2}), Ballot(0, 5, {"fr": 1.0})]

    verdict = vote(ballots, {0: 30}, LanguageRules(None, ("fr", "it")), KNOWN)

    assert verdict.ranking == (("it", pytest.approx(2 / 3)), ("fr", pytest.approx(1 / 3)))


def test_an_unknown_language_is_refused():
    with pytest.raises(EngineFailed):
        vote(*_ballots((20, {"fr": 0.9})), LanguageRules("es", ALL), KNOWN)
    with pytest.raises(EngineFailed):
        vote(*_ballots((20, {"fr": 0.9})), LanguageRules(None, ("es",)), KNOWN)


def test_probes_are_spread_over_the_speech(windows):
    first, second = (
        [w.index for w in probes(windows) if w.channel == 0],
        [w.index for w in probes(windows) if w.channel],
    )

    assert first == [2, 7, 12, 17]
    assert second == [20, 21, 22, 23]
