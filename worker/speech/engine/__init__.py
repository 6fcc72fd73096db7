"""The engine, behind its `door`: one thread that always takes the fullest batch of windows that is ready."""

from worker.speech.engine.door import Engine
from worker.speech.engine.tally import Done
from worker.speech.engine.values import Call, Recognition

__all__ = ["Call", "Done", "Engine", "Recognition"]
