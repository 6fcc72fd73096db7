"""The table of routes: verb, path, scope, answers. Router, scope check, 405 and openapi.json all read it."""

import re

from api.contract.routes.batches import BATCH_ROUTES
from api.contract.routes.jobs import JOB_ROUTES
from api.contract.routes.service import SERVICE_ROUTES
from api.contract.routes.spec import RouteSpec
from api.contract.routes.webhooks import WEBHOOK_ROUTES

__all__ = ["ROUTES", "RouteSpec", "routes_at"]

ROUTES: tuple[RouteSpec, ...] = (*JOB_ROUTES, *BATCH_ROUTES, *WEBHOOK_ROUTES, *SERVICE_ROUTES)

_PATTERNS = tuple(
    (re.compile(re.sub("<[a-z_]+>", "[^/]+", route.path) + "/?" * route.slash), route) for route in ROUTES
)


def routes_at(path: str) -> dict[str, RouteSpec]:
    """The routes of `path`, by verb; empty where there is none."""
    return {route.verb: route for pattern, route in _PATTERNS if pattern.fullmatch(path)}
