"""What is promised of waits and money, as one judgement: which of it a fleet breaks under a question."""

from api.planning.asking import live_answer, scene
from api.planning.costs import known_prices
from api.planning.fleet import Fleet, committed_fleet
from api.planning.question import Question

USUAL = {"profile": "usual", "sigma": 0.8}
HARSH = {"profile": "humps", "sigma": 1.0}
GOAL_S = 300.0
PATIENT_S = 1_800.0
BILLED_TO_BUSY = 2.5
AIMED_BILLED_TO_BUSY = 1.5
QUICK = {"boot": 75.0, "idle": 1, "tail": 60.0}


def live(name, reps, fleet=None, seeds=2, **asked):
    """The live lane under one policy."""
    question = Question(reps=(reps,), seeds=seeds, **asked)
    return live_answer(scene(question, fleet or committed_fleet(), known_prices()), name, reps)


def broken(answer, billed_to_busy=None) -> list[str]:
    """The promises that an answer breaks; a wait without end breaks them too."""
    found = []
    if answer.waits.p95_s is None or answer.waits.p95_s > answer.goal_s:
        found.append("p95")
    if billed_to_busy is not None and answer.misses:
        found.append("missed")
    if billed_to_busy is not None and answer.billed_to_busy > billed_to_busy:
        found.append("billed to busy")
    return found


def altered(change) -> Fleet:
    """The committed fleet with its text changed: a mutant of the plan."""
    before = committed_fleet().model_dump_json()
    after = change(before)
    assert after != before, "the mutant is the plan itself"
    return Fleet.model_validate_json(after)
