"""Use cases: what this deployment offers, and how busy it is."""

from typing import Any

from api.contract.service import Health, ModelList, ModelView
from api.parts import Parts
from shared.job import Key
from shared.protocol.intents import ReadRow


def models(parts: Parts) -> ModelList:
    """The models that a request may name."""
    languages = parts.settings.languages
    return ModelList(
        data=tuple(
            ModelView(name=name, sha256=None, languages=languages, compute_type=None, wer=None, rtf=None)
            for name in parts.settings.models
        )
    )


def health(parts: Parts) -> Health:
    """Read the table once.

    Raises:
        StorageUnavailable: it does not answer.
    """
    parts.world.perform(ReadRow(Key("HEALTH", "HEALTH")))
    return Health()


def queue(*args: Any) -> Any:
    raise NotImplementedError
