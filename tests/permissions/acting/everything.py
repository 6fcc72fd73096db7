"""Every role does all that it ever does."""

from permissions.acting.calling import caller, use_every_route
from permissions.acting.feeding import bury_every_letter, meet_every_receiver, meet_every_upload
from permissions.acting.healing import count, heal_everything, spend_the_night
from permissions.acting.operating import administer, keep_keys
from permissions.acting.seeding import Seeds
from permissions.acting.working import Worker, live_through_everything
from permissions.stage import Stage


def do_everything(stage: Stage) -> None:
    seeds, worker = Seeds(stage), Worker(stage)
    keep_keys(stage)
    use_every_route(caller(stage), worker)
    live_through_everything(worker, seeds)
    meet_every_upload(stage, seeds)
    meet_every_receiver(stage, seeds)
    bury_every_letter(stage, seeds)
    count(stage)
    spend_the_night(stage, seeds)
    administer(stage, seeds)
    heal_everything(stage, seeds, worker)
