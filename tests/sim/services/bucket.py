"""The bucket: every object in versions, with delete markers; If-None-Match refuses where an object stands."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.errors.jobs import AudioNotFound
from shared.job import Audio
from shared.protocol.intents import DeleteVersions, HeadObject, ObjectFacts, PutObject, ReadObject

BUCKET = "calls"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object; a delete marker has no body."""

    id: str
    body: bytes | None
    metadata: Mapping[str, str]

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body or b"").hexdigest()}"'

    @property
    def facts(self) -> ObjectFacts:
        body = self.body or b""
        return ObjectFacts(len(body), self.etag, self.id, hashlib.sha256(body).hexdigest(), self.metadata)


class Bucket:
    """Versions by key, oldest first; `watch` is told of every write: the key, and what stood there."""

    def __init__(self, watch: Callable[[str, Version | None, Version], None]) -> None:
        self.versions: dict[str, list[Version]] = {}
        self.writes_once = True
        self._watch = watch
        self._made = 0

    def latest(self, key: str) -> Version | None:
        """What a reader finds at `key`."""
        versions = self.versions.get(key)
        return versions[-1] if versions and versions[-1].body is not None else None

    def write(self, key: str, body: bytes, metadata: Mapping[str, str]) -> Version | None:
        """Write as If-None-Match asks for; None if an object stands there."""
        held = self.latest(key)
        if held is not None and self.writes_once:
            return None
        self._made += 1
        made = Version(f"v{self._made}", body, metadata)
        self.versions.setdefault(key, []).append(made)
        self._watch(key, held, made)
        return made

    def head(self, intent: HeadObject) -> ObjectFacts | None:
        found = self._version(intent.key, intent.version_id)
        return found.facts if found else None

    def put_once(self, intent: PutObject) -> str | None:
        sha256 = hashlib.sha256(intent.body).hexdigest()
        made = self.write(intent.key, intent.body, {**intent.metadata, "sha256": sha256})
        return made.etag if made else None

    def read(self, intent: ReadObject) -> bytes | None:
        found = self.latest(intent.key)
        return found.body if found else None

    def delete_versions(self, intent: DeleteVersions) -> int:
        gone = [key for key in self.versions if key.startswith(intent.prefix)]
        return sum(len(self.versions.pop(key)) for key in gone)

    def fetch(self, audio: Audio) -> bytes:
        """The pinned audio.

        Raises:
            AudioNotFound: it is gone.
        """
        found = self._version(audio.key, audio.version_id)
        if found is None or found.body is None:
            raise AudioNotFound
        return found.body

    def _version(self, key: str, version_id: str | None) -> Version | None:
        if version_id is None:
            return self.latest(key)
        return next((one for one in self.versions.get(key, ()) if one.id == version_id), None)
