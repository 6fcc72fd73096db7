"""S3: bytes that are written once. Audio comes in, requests and transcripts go out."""

from shared.aws.store.objects import Store
from shared.aws.store.signing import Playable, PresignedPut

__all__ = ["Playable", "PresignedPut", "Store"]
