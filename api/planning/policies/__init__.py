"""The live lane under each policy: ours as planned and as Terraform would plan it for other inputs, and its rivals."""

from dataclasses import dataclass

from api.planning.demand import Day
from api.planning.fleet import LIVE, Fleet
from api.planning.policies.adapting import changes, lane_for, pools_for, setting_for
from api.planning.policies.rivals import rival
from api.planning.question import PolicyName, Question
from api.planning.scaling import LaneScaling, Setting

__all__ = ["Case", "case"]


@dataclass(frozen=True, slots=True)
class Case:
    """A policy and what it is played on; `notes` say what differs from the plan."""

    scaling: LaneScaling
    setting: Setting
    notes: tuple[str, ...] = ()

    @property
    def never_rests(self) -> bool:
        """Whether workers stand there every hour of every day, weekends included."""
        return self.scaling.least > 0 and not self.scaling.timetable


def case(name: PolicyName, fleet: Fleet, question: Question, day: Day) -> Case:
    """The live lane under a policy, for one question and one load."""
    planned = fleet.economy if name == "economy" else fleet.responsive
    goal_s = question.economy_goal if name == "economy" else question.goal
    setting = setting_for(planned, question)
    lane = lane_for(planned, question, day, goal_s)
    if name in ("responsive", "economy"):
        setting = pools_for(setting, planned.lanes[LIVE].most, lane.most)
        return Case(lane, setting, changes(planned, lane, setting))
    return Case(*rival(name, lane, setting, day))
