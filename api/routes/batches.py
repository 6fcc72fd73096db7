"""Batches: preview, make, read, cancel."""

from aws_lambda_powertools.event_handler import Response

from api import batches
from api.contract.batches import BatchPreview
from api.routes.answering import as_json, incoming, parts, principal, query, router


@router.post("/v1/batches")
def create_batch() -> Response[str]:
    """Make a batch, or show what it would be."""
    created = batches.create(incoming(), principal(), parts())
    return as_json(created.view, 200 if isinstance(created.view, BatchPreview) else 202, created.headers)


@router.get("/v1/batches")
def list_batches() -> Response[str]:
    """Show a page of batches."""
    return as_json(batches.page(query(), principal(), parts()))


@router.get("/v1/batches/<batch_id>")
def read_batch(batch_id: str) -> Response[str]:
    """Show a batch with its counts."""
    return as_json(batches.read(batch_id, principal(), parts()))


@router.post("/v1/batches/<batch_id>/cancel")
def cancel_batch(batch_id: str) -> Response[str]:
    """Cancel what has not ended."""
    return as_json(batches.cancel(batch_id, incoming(), principal(), parts()))
