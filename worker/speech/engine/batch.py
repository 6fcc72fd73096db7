"""One batch through the network: encode, detect, vote, generate, align. Rows of any calls, results in their order."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from worker.speech import language
from worker.speech.engine import decoding, words
from worker.speech.engine.values import Election, Heard, Parcel, Row
from worker.speech.model import SpeechModel

Probabilities = Mapping[str, float]


def hear(model: SpeechModel, parcels: Sequence[Parcel]) -> list[list[Heard]]:
    """Run the rows of some parcels, all of one rung, as one batch.

    On a CPU and a rung without sampling, what comes out for a row depends on the row alone (on its parcel, where
    that votes).

    Returns:
        For each parcel the answers of its rows, in its order.
    """
    started_s = time.monotonic()
    order = sorted(range(len(parcels)), key=lambda place: _kind(parcels[place]))
    ordered = [parcels[place] for place in order]
    rows = [row for parcel in ordered for row in parcel.rows]
    encoded = decoding.encode(model, rows)
    probes = sum(row.is_probe for row in rows)  # they stand first
    found: list[Probabilities | None] = [None] * len(rows)
    if probes:
        found[:probes] = decoding.detect(model, decoding.rows(encoded, 0, probes))
    told = _in_languages(model, ordered, found)
    texts = decoding.generate(model, encoded, told)
    tokens = [decoding.text_tokens(model, row, text) for row, text in zip(told, texts, strict=True)]
    times = words.align(model, encoded, told, tokens)
    share_s = (time.monotonic() - started_s) / len(rows)
    heard = [Heard(*each, share_s) for each in zip(told, texts, times, found, strict=True)]
    return _by_parcel(heard, ordered, order)


def _kind(parcel: Parcel) -> tuple[bool, bool, str]:
    """Order parcels: elections, other probes, then by language, so that each language is one slice to align."""
    first = parcel.rows[0]
    return not first.is_probe, parcel.election is None, first.language or ""


def _in_languages(model: SpeechModel, parcels: Sequence[Parcel], found: Sequence[Probabilities | None]) -> list[Row]:
    """Give each row its language: its call's word for it, or its parcel's vote."""
    told: list[Row] = []
    for parcel in parcels:
        votes = [vote or {} for vote in found[len(told) : len(told) + len(parcel.rows)]]
        told += _elected(model, parcel.rows, parcel.election, votes) if parcel.election else parcel.rows
    return told


def _elected(
    model: SpeechModel, rows: Sequence[Row], election: Election, votes: Sequence[Probabilities]
) -> Iterator[Row]:
    ballots = language.ballots([row.window for row in rows], votes)
    verdict = language.vote(ballots, election.leg_speech_s, election.rules, model.languages)
    return (replace(row, language=verdict.by_channel[row.window.channel]) for row in rows)


def _by_parcel(heard: Sequence[Heard], parcels: Sequence[Parcel], order: Sequence[int]) -> list[list[Heard]]:
    answers: list[list[Heard]] = [[] for _ in parcels]
    taken = 0
    for parcel, place in zip(parcels, order, strict=True):
        answers[place] = list(heard[taken : taken + len(parcel.rows)])
        taken += len(parcel.rows)
    return answers
