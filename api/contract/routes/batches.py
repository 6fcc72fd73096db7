"""The routes of batches."""

from api.contract.batches import BatchList, BatchPreview, BatchQuery, BatchRequest, BatchView
from api.contract.routes.spec import CREATES, ENOUGH, NO_BODY, RouteSpec

BATCH_ROUTES = (
    RouteSpec(
        "create_batch",
        "POST",
        "/v1/batches",
        "Transcribe many calls, new or again",
        "jobs:write",
        202,
        BatchView,
        (*CREATES, *ENOUGH),
        body=BatchRequest,
        creates=True,
        statuses=(200,),
        other=BatchPreview,
    ),
    RouteSpec(
        "list_batches",
        "GET",
        "/v1/batches",
        "List batches, newest first",
        "jobs:read",
        200,
        BatchList,
        ("validation_failed", "cursor_invalid"),
        BatchQuery,
    ),
    RouteSpec("read_batch", "GET", "/v1/batches/<batch_id>", "Read a batch", "jobs:read", 200, BatchView),
    RouteSpec(
        "cancel_batch",
        "POST",
        "/v1/batches/<batch_id>/cancel",
        "Cancel what has not ended",
        "jobs:write",
        200,
        BatchView,
        (*NO_BODY, "state_conflict"),
    ),
)
