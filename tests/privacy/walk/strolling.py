"""A short walk past every outlet: enough for a leak to run out of each."""

import contextlib

from contract.caller import WAV
from privacy.walk import calling
from privacy.walk.place import Place
from privacy.walk.voices import overheard


def stroll(place: Place) -> None:
    """A job that crashes, one that ends, their events, and three who look at them."""
    with overheard(place.sinks), contextlib.suppress(AssertionError):
        place.owner.post("/v1/webhooks", {"url": place.hook, "description": place.text("webhook note")})
        crashed, job_id = (str(place.owner.submit_form(WAV, place.said).json.get("id")) for _ in range(2))
        if crashed in str(place.world.rows):
            with contextlib.suppress(KeyError):
                place.work(crashed, RuntimeError(place.all_texts()))
                place.work(job_id)
        for one in (place.owner, place.stranger, place.nobody):
            for url in (f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/transcript", "/v1/jobs"):
                one.get(url)
        place.network.answers = [b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n"]
        for event in list(place.world.published):
            calling._deliver(place, event.body, event.attributes)
