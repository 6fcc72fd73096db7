"""Use cases of batches: many calls at once, named one by one or chosen among finished ones."""

from api.batches.canceling import cancel
from api.batches.making import create
from api.batches.showing import page, read

__all__ = ["cancel", "create", "page", "read"]
