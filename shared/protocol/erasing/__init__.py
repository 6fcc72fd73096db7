"""Erase and expire: what a job held goes for good, and nothing of it comes back."""

from shared.protocol.erasing.expiring import expire
from shared.protocol.erasing.receipts import advance, erase, new_erasure

__all__ = ["advance", "erase", "expire", "new_erasure"]
