"""Functions that no client calls: each takes an event of AWS and heals or moves jobs."""
