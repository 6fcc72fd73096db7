"""The whole walk: every route, every function, the worker, the operators' commands; then the outlets are searched."""

from privacy.walk import asking, calling, refusing, working
from privacy.walk.place import OWNER, Place
from privacy.walk.voices import guarded, overheard

from api.cli.commands.admin.auditing import audit
from api.cli.commands.admin.rebuilding import rebuild
from api.cli.commands.admin.redriving import Wanted, redrive
from shared.protocol.rebuilding import Plan


def walk() -> Place:
    """Go everywhere once."""
    place = Place()
    with overheard(place.sinks):
        place.hide()
        ids = asking.ask(place)
        place.outcomes = working.work(place)
        refusing.refuse(place, ids)
        calling.deliveries(place)
        asking.erase(place, ids)
        calling.deliveries(place)
        asking.leave(place, ids)
        operate(place)
        calling.call(place, ids)
    return place


def operate(place: Place) -> None:
    """What operators type, and what they see of it."""
    world, now = place.world, place.clock[0]
    wanted = Wanted(OWNER, frozenset(), 0.0)
    shown = [guarded(place.sinks, lambda moment=moment: list(redrive(wanted, world, moment))) for moment in (None, now)]
    shown += [guarded(place.sinks, lambda: list(audit(world, None, now)))]
    for republish in (True, False):
        plan = Plan(place.world.store.bucket, now, republish=republish, writes=republish)
        shown += [guarded(place.sinks, lambda plan=plan: list(rebuild(world, None, plan)))]
    place.sinks.pour("admin output", repr(shown))
