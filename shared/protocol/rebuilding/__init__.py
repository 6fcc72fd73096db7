"""Rebuild: a table that was lost is made anew from the bucket alone, job by job; what is there stays as it is."""

from shared.protocol.rebuilding.candidates import Candidate, Candidates, candidates
from shared.protocol.rebuilding.restoring import Plan, Word, restore

__all__ = ["Candidate", "Candidates", "Plan", "Word", "candidates", "restore"]
