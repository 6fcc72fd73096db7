"""Jobs in every state, under one subject, one reference, one batch, or alone; and whoever comes too late to them."""

from contextlib import suppress
from dataclasses import dataclass, field

from contract.caller import WAV
from privacy.canaries import SAID
from privacy.forgetting.house import AWAY, House

from shared.errors.jobs import UnsupportedFormat
from shared.errors.transient import LeaseLost
from shared.job import Claim, audio_key
from shared.protocol.attending import keep
from shared.protocol.drive import drive
from shared.protocol.intents import PutObject


@dataclass
class Residents:
    """Ids by how they will be erased, and the claims whose workers come back."""

    by_subject: list[str] = field(default_factory=list)
    by_reference: list[str] = field(default_factory=list)
    by_batch: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    zombies: list[Claim] = field(default_factory=list)
    batch: str = ""

    @property
    def all_ids(self) -> list[str]:
        return [*self.by_subject, *self.by_reference, *self.by_batch, *self.alone]


def move_in(house: House) -> Residents:
    """Everyone there is, with deliveries, checkpoints, versions and markers."""
    who = Residents(by_subject=_in_every_state(house, subject_ref=SAID["subject_ref"]))
    who.by_reference = [house.work(house.queued(reference=SAID["reference"])) for _ in range(2)]
    first = house.work(house.queued(reference="crm-of-nobody"))
    who.alone = [first, house.queued()]
    who.batch = _batch(house, who, first)
    for job_id in (who.by_subject[2], who.alone[1]):
        held = house.held(job_id)
        drive(keep(held, 1, SAID["spoken"].encode()), house.world)
        who.zombies.append(held)
    _replace_audio(house, who.by_reference[0])
    house.deliver()
    return who


def erase(house: House, who: Residents) -> list[str]:
    """Forget them all; the ids of the receipts."""
    receipts = [house.asked("DELETE", f"/v1/jobs/{job_id}")["id"] for job_id in who.alone]
    scopes = ({"subject_ref": SAID["subject_ref"]}, {"reference": SAID["reference"]}, {"batch_id": who.batch})
    return receipts + [house.asked("POST", "/v1/erasures", scope)["id"] for scope in scopes]


def come_back(house: House, who: Residents, number: int) -> None:
    """Workers that were dead write their transcripts and checkpoints, callers use places that were signed before."""
    for held in who.zombies:
        with suppress(LeaseLost):
            drive(keep(held, 1 + number, SAID["spoken"].encode()), house.world)
        house.world.perform(PutObject(f"{held.job.listening_key}.webm", SAID["spoken"].encode(), {}))
        house.world.perform(PutObject(held.job.transcript_key, SAID["spoken"].encode(), {}))
        house.world.perform(PutObject(f"{held.job.work_prefix}ckpt-{held.fence}-9{number}.json", b"{}", {}))
    for job_id in who.by_subject[:2]:
        assert house.upload(job_id) == 200, "the place was signed before, and S3 knows of no erasure"
    house.tell_upload(who.by_subject[0])
    house.deliver()


def _in_every_state(house: House, **said: str) -> list[str]:
    awaiting, expiring = house.announced(**said), house.announced(**said)
    processing, queued = house.queued(**said), house.queued(**said)
    completed = house.work(house.queued(**said))
    failed = house.work(house.queued(**said), UnsupportedFormat())
    canceled, retried = house.queued(**said), house.queued(**said)
    house.asked("POST", f"/v1/jobs/{canceled}/cancel")
    house.work(retried, UnsupportedFormat())
    house.asked("POST", f"/v1/jobs/{retried}/retry")
    house.work(retried, receive_count=2)
    return [awaiting, expiring, processing, queued, completed, failed, canceled, retried]


def _batch(house: House, who: Residents, first: str) -> str:
    """Two new calls from a bucket of the caller's, and a revision of one that there is."""
    house.world.store.put(AWAY, SAID["object key"], WAV)
    item = {"s3_uri": f"s3://{AWAY}/{SAID['object key']}", "reference": "crm-9", "subject_ref": "somebody else"}
    made = house.asked("POST", "/v1/batches", {"items": [item, item, {"job_id": first}], "options": {"language": "de"}})
    found = house.asked("GET", f"/v1/jobs?batch_id={made['id']}")["data"]
    who.by_batch = [one["id"] for one in found]
    return str(made["id"])


def _replace_audio(house: House, job_id: str) -> None:
    """More versions than one, and a delete marker on top."""
    client, place = house.world.store.client, {"Bucket": house.world.store.bucket, "Key": audio_key("sales", job_id)}
    client.put_object(**place, Body=b"another")
    client.delete_object(**place)
