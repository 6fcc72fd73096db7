"""The job protocol as decisions: each step yields intents, somebody else carries them out (`drive`).

Nothing here touches the world, so the worker, the functions and a simulator run the same code.
"""
