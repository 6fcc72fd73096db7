"""What a caller may ask for: how a call is transcribed, and which calls a batch takes. None is left to the service."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeAlias, TypedDict

from api.client.views import instant

Json: TypeAlias = dict[str, object]
SINGLE_ONLY = ("subject_ref", "metadata", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a call, or each call of a batch, is to be transcribed.

    Example:
        `Wishes(reference="crm-8841", language="fr", tags=["team:lyon"], roles={0: "customer", 1: "agent"})`

    `candidates` are the languages to choose from, `mode` is `auto`, `separate` or `mix`, `roles` goes by channel from
    0, `fail_on` names warnings that shall make the job fail, days count from the end of the job.
    """

    reference: str | None = None
    subject_ref: str | None = None
    metadata: Mapping[str, str] | None = None
    tags: Sequence[str] | None = None
    lane: str | None = None
    deadline_at: datetime | None = None
    model: str | None = None
    language: str | None = None
    candidates: Sequence[str] | None = None
    mode: str | None = None
    roles: Mapping[int, str] | None = None
    word_timestamps: bool | None = None
    fail_on: Sequence[str] | None = None
    audio_days: int | None = None
    transcript_days: int | None = None

    def as_json(self) -> Json:
        """The fields of a submission that are set."""
        return _set(
            reference=self.reference,
            subject_ref=self.subject_ref,
            metadata=self.metadata and dict(self.metadata),
            tags=self.tags and list(self.tags),
            lane=self.lane,
            deadline_at=self.deadline_at and instant(self.deadline_at),
            retention=_set(audio_days=self.audio_days, transcript_days=self.transcript_days),
            options=self._options(),
        )

    def as_batch_json(self) -> Json:
        """The fields of a batch that are set.

        Raises:
            ValueError: one of them is for a single call.
        """
        if single := [name for name in SINGLE_ONLY if getattr(self, name)]:
            raise ValueError(f"{single[0]} is for a single call, not for a batch")
        return self.as_json()

    def _options(self) -> Json:
        roles = {str(channel): role for channel, role in self.roles.items()} if self.roles else None
        return _set(
            model=self.model,
            language=self.language,
            language_candidates=self.candidates and list(self.candidates),
            channels=_set(mode=self.mode, roles=roles),
            word_timestamps=self.word_timestamps,
            fail_on=self.fail_on and list(self.fail_on),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which ended calls a batch takes again: those that fulfil all that is given.

    Example:
        `Selector(created_after=yesterday, needs_review=True, model_not="large-v3")`
    """

    status: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    lane: str | None = None
    reference: str | None = None
    tag: str | None = None
    batch_id: str | None = None
    language: str | None = None
    needs_review: bool | None = None
    model: str | None = None
    model_not: str | None = None

    def as_json(self) -> Json:
        """The fields that are set."""
        return {
            name: value for field in fields(self) if (value := plain(getattr(self, name := field.name))) is not None
        }


class JobFilters(TypedDict, total=False):
    """Which jobs: all that is given must hold."""

    status: str | Sequence[str]
    lane: str
    reference: str
    tag: str
    batch_id: str
    language: str
    needs_review: bool
    created_after: datetime
    created_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One call of a batch: an object in an allowed bucket, or a job that is to be transcribed again."""

    s3_uri: str | None = None
    job_id: str | None = None
    reference: str | None = None
    subject_ref: str | None = None

    def as_json(self) -> Json:
        """The fields that are set."""
        return _set(s3_uri=self.s3_uri, job_id=self.job_id, reference=self.reference, subject_ref=self.subject_ref)


Calls: TypeAlias = Selector | Iterable[Item | str]
"""What a batch takes: a selector, or items; a text is an item too, `s3://…` or `job_…`."""


def calls_as_json(calls: Calls) -> Json:
    """The part of a batch that says which calls it takes."""
    if isinstance(calls, Selector):
        return {"selector": calls.as_json()}
    return {"items": [_item(call).as_json() for call in calls]}


def fingerprint(body: Json) -> str:
    """An Idempotency-Key that equal bodies share: sent twice within 24 hours, they make one job."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f"content-{hashlib.sha256(text.encode()).hexdigest()}"


def plain(value: object) -> object:
    """`value` as JSON knows it."""
    return instant(value) if isinstance(value, datetime) else value


def _item(call: Item | str) -> Item:
    if isinstance(call, Item):
        return call
    return Item(s3_uri=call) if call.startswith("s3://") else Item(job_id=call)


def _set(**given: object) -> Json:
    """What is neither None nor empty: an empty list would say `none at all`, which nobody means by leaving it out."""
    return {name: value for name, value in given.items() if value is not None and value not in ({}, [], ())}
