"""Which language is spoken: a vote over windows spread over the call, never over its first 30 s alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.errors.transient import EngineFailed
from worker.speech.windows import Window

PROBES_PER_CHANNEL = 4
LOW = 0.6  # chosen: under it the answer carries a warning
SURE = 0.8  # chosen: two legs as sure as this may differ
SURE_AGAINST_HINT = 0.9  # chosen
MIN_SPEECH_S = 5.0  # chosen: a leg with less does not speak for itself


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """What the caller asked for. `hint`: a language that is set, None for `auto`; `fallback`: the deployment's."""

    hint: str | None
    candidates: tuple[str, ...]
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one window says: a probability for each language, weighed by its seconds of speech."""

    channel: int
    speech_s: float
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The language of the call and of each of its channels, with the probability of every candidate, best first."""

    language: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    by_channel: Mapping[int, str]
    warnings: tuple[str, ...] = ()


def probes(windows: Sequence[Window]) -> list[Window]:
    """Choose up to 4 windows of each channel, spread over its speech."""
    by_channel: dict[int, list[Window]] = defaultdict(list)
    for window in windows:
        by_channel[window.channel].append(window)
    return [own[place] for own in by_channel.values() for place in _spread(len(own))]


def ballots(windows: Sequence[Window], found: Sequence[Mapping[str, float]]) -> list[Ballot]:
    """Make the ballots of windows out of what the network heard in each."""
    return [Ballot(window.channel, window.speech_s, row) for window, row in zip(windows, found, strict=True)]


def eligible(rules: LanguageRules, known: Sequence[str]) -> tuple[str, ...]:
    """Give the languages that are voted on: the candidates that the model knows, and the hint.

    Raises:
        EngineFailed: the model knows neither the hint nor, without one, any candidate.
    """
    wanted = rules.candidates if rules.hint is None else tuple(dict.fromkeys((rules.hint, *rules.candidates)))
    usable = tuple(code for code in wanted if code in known)
    if not usable or (rules.hint is not None and rules.hint not in known):
        missing = rules.hint or ", ".join(rules.candidates)
        raise EngineFailed(f"The model does not know the language asked for ({missing}); it knows {', '.join(known)}.")
    return usable


def vote(
    ballots: Sequence[Ballot], leg_speech_s: Mapping[int, float], rules: LanguageRules, known: Sequence[str]
) -> Verdict:
    """Decide the language of a call.

    Args:
        ballots: at least one, of the windows that `probes` chose.
        leg_speech_s: all the speech of each channel, in seconds.
        rules: what the caller asked for.
        known: the languages of the model.

    Raises:
        EngineFailed: the model knows none of the languages asked for.
    """
    codes = eligible(rules, known)
    ranking = _ranking(ballots, codes)
    channels = tuple(dict.fromkeys(ballot.channel for ballot in ballots))
    if rules.hint is not None:
        return _by_hint(rules.hint, ranking, channels)
    apart = _apart(ballots, leg_speech_s, codes)
    if apart is not None:
        return apart
    best, confidence = ranking[0]
    if confidence >= LOW:
        return Verdict(best, confidence, ranking, dict.fromkeys(channels, best))
    chosen = rules.fallback if rules.fallback in known else None
    language = chosen or best
    return Verdict(
        language,
        dict(ranking).get(language, 0.0),
        ranking,
        dict.fromkeys(channels, language),
        ("language_low_confidence",),
    )


def _spread(count: int) -> list[int]:
    taken = min(count, PROBES_PER_CHANNEL)
    return [(2 * place + 1) * count // (2 * taken) for place in range(taken)]


def _ranking(ballots: Iterable[Ballot], codes: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Give each code its share of the votes, best first; equal shares stand in the order of `codes`."""
    sums = dict.fromkeys(codes, 0.0)
    for ballot in ballots:
        held = sum(ballot.probabilities.get(code, 0.0) for code in codes) or 1.0
        for code in codes:
            sums[code] += ballot.speech_s * ballot.probabilities.get(code, 0.0) / held
    whole = sum(sums.values()) or 1.0
    return tuple(sorted(((code, share / whole) for code, share in sums.items()), key=lambda entry: -entry[1]))


def _by_hint(hint: str, ranking: tuple[tuple[str, float], ...], channels: Sequence[int]) -> Verdict:
    best, confidence = ranking[0]
    warnings = ("language_hint_disagrees",) if best != hint and confidence >= SURE_AGAINST_HINT else ()
    return Verdict(hint, dict(ranking)[hint], ranking, dict.fromkeys(channels, hint), warnings)


def _apart(ballots: Sequence[Ballot], leg_speech_s: Mapping[int, float], codes: Sequence[str]) -> Verdict | None:
    """Give each leg its own language where all are sure and not of one mind; the call's is that of more speech."""
    legs: dict[int, list[Ballot]] = defaultdict(list)
    for ballot in ballots:
        legs[ballot.channel].append(ballot)
    best = {channel: _ranking(own, codes)[0] for channel, own in legs.items()}
    is_unsure = any(leg_speech_s[channel] < MIN_SPEECH_S or best[channel][1] < SURE for channel in legs)
    if is_unsure or len({code for code, _share in best.values()}) == 1:
        return None
    main = max(legs, key=lambda channel: (leg_speech_s[channel], -channel))
    by_channel = {channel: code for channel, (code, _share) in best.items()}
    return Verdict(*best[main], _ranking(ballots, codes), by_channel, ("language_mismatch",))
