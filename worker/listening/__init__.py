"""What a page plays and draws of a call, made beside its transcript: its peaks, and its sound for browsers."""

from worker.listening.making import Making
from worker.listening.sound import Sound

__all__ = ["Making", "Sound"]
