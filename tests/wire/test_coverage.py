"""The table of routes is covered: no route is left out of what is tried between two tenants."""

from security.belongings import CREATING, KINDS, OF_SOMETHING

from api.app import _app
from api.contract.routes import ROUTES, routes_at

LISTS = {"list_jobs", "list_batches", "list_webhooks"}
PAGE = {"show_console", "read_console_file", "read_console_folder"}
OF_NOBODY = {"list_models", "read_queue", "check_health", "read_openapi", "show_docs", *PAGE}
"""What is the same for all tenants."""


def test_every_route_is_tried_between_two_tenants():
    tried = {route.name for route in OF_SOMETHING} | set(CREATING) | LISTS

    assert tried | OF_NOBODY == {route.name for route in ROUTES}
    assert not tried & OF_NOBODY


def test_every_placeholder_has_an_id_to_try():
    placeholders = {
        part.strip("<>") for route in ROUTES if route.scope for part in route.path.split("/") if "<" in part
    }

    assert placeholders == set(KINDS)


def test_the_router_knows_no_route_beside_the_table():
    app = _app()

    routed = {(route.method, route.rule.pattern) for route in [*app._static_routes, *app._dynamic_routes]}

    assert len(routed) == len(ROUTES)
    assert all(routes_at(route.path)[route.verb] is route for route in ROUTES)
