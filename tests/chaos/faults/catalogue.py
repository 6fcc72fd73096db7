"""All faults by name."""

from collections.abc import Callable, Mapping
from functools import partial

from chaos.checks.verdict import Verdict
from chaos.faults import callers, doorbells, ends, losses, outages, timing
from chaos.wave import Wave

FAULTS: Mapping[str, Callable[[Wave], Verdict]] = {
    "recovery": timing.recovery,
    "random": timing.at_random,
    "poison": doorbells.poison,
    "away": partial(outages.away, mode="refuse"),
    "silent": partial(outages.away, mode="silent"),
    "reset": partial(outages.away, mode="reset"),
    "slow": partial(outages.away, mode="slow"),
    "topic-gone": outages.topic_gone,
    "disk-full": outages.disk_full,
    "sigterm-job": ends.sigterm_over_jobs,
    "sigterm-poll": ends.sigterm_over_poll,
    "frozen": ends.frozen,
    "heart-dead": ends.heart_dead,
    "wedged": losses.wedged,
    "decoder-starved": losses.decoder_starved,
    "table-dropped": losses.table_dropped,
    "clocks": timing.clocks,
    "doubled": doorbells.doubled,
    "purged": doorbells.purged,
    "dead-letters": doorbells.dead_letters,
    "cancel": partial(callers.changed_minds, does=("cancel",)),
    "retry": partial(callers.changed_minds, does=("cancel", "retry")),
    "erase": partial(callers.changed_minds, does=("erase",)),
}
