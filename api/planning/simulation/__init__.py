"""A day of calls under a scaling policy: alarms, tasks, instances and the queue, minute by minute."""

from api.planning.simulation.playing import Moment, Played, play

__all__ = ["Moment", "Played", "play"]
