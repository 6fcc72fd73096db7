"""How long the 404 about another tenant's takes, beside the 404 about nobody's: a difference would tell."""

import statistics
from collections.abc import Iterator
from random import Random

from security.belongings import KINDS, OF_SOMETHING, UNKNOWN
from wire.speaking import Told
from wire.stage import JSON, WAV, Stage

from api.contract.routes import RouteSpec

ROUNDS = 100
MOST_APART = 0.10
TRIES = 3
"""A difference that is there shows each time, one of a busy machine does not."""
SLACK_MS = 0.5
"""What the medians of equal requests differ by on a busy machine."""


def compared(stage: Stage) -> Iterator[str]:
    """Each route with an id in it, for another's id and for nobody's, in turn."""
    ids = belongings(stage)
    print(f"\n{'404, median ms about':<56}{'others':>10}{'nobody':>10}")
    for route in OF_SOMETHING:
        if not all(kind in ids for kind in KINDS if f"<{kind}>" in route.path):
            continue
        for _ in range(TRIES):
            theirs, nobodys = medians(stage, route, ids)
            if is_same := abs(theirs - nobodys) <= max(MOST_APART * nobodys, SLACK_MS):
                break
        print(f"{route.verb + ' ' + route.path:<56}{theirs:>10.2f}{nobodys:>10.2f}")
        if not is_same:
            yield f"{route.name}: {theirs:.2f} ms about another's, {nobodys:.2f} ms about nobody's"


def belongings(stage: Stage) -> dict[str, str]:
    """One of everything, of another tenant."""
    job = stage.waiting()["id"]
    stage.clients.s3.put_object(Bucket="callscribe-local-recordings", Key="call.wav", Body=WAV)
    items = {"items": [{"s3_uri": "s3://callscribe-local-recordings/call.wav"}]}
    batch = stage.done(stage.asking("POST", "/v1/batches", items))["id"]
    erasure = stage.done(stage.asking("POST", "/v1/erasures", {"reference": "nothing"}))["id"]
    return {"job_id": job, "batch_id": batch, "erasure_id": erasure}


def medians(stage: Stage, route: RouteSpec, ids: dict[str, str]) -> tuple[float, float]:
    """Milliseconds for another's and for nobody's, asked in turn by chance, so that both meet the same noise."""
    took: tuple[list[float], list[float]] = ([], [])
    order = Random(1)
    for _ in range(ROUNDS):
        turns = [*zip((ids, {}), took, strict=True)]
        order.shuffle(turns)
        for known, times in turns:
            told = asked(stage, route, known)
            assert told.status == 404, told
            times.append(told.elapsed_ms)
    return statistics.median(took[0]), statistics.median(took[1])


def asked(stage: Stage, route: RouteSpec, ids: dict[str, str]) -> Told:
    path = route.path
    for kind in KINDS:
        path = path.replace(f"<{kind}>", ids.get(kind, UNKNOWN[kind]))
    body = b"{}" if route.verb == "PATCH" else b""
    return stage.tell(stage.asking(route.verb, path, body, tenant="support", Content_Type=JSON))
