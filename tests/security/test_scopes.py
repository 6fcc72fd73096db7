"""Scopes: each route asks for its own, and no other opens it."""

import pytest
from contract.caller import ALL_SCOPES, Caller
from security.belongings import GUARDED, Belongings, call, name_of

from api.contract.routes import ROUTES
from shared.keys import SCOPES


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_without_a_key_nothing_is_answered(world, route):
    answer = call(Caller(world), route, Authorization="")

    assert (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == (401, "unauthenticated", "Bearer")


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
@pytest.mark.parametrize("scopes", ["but its own", "none"])
def test_without_its_scope_a_route_is_closed(world, route, scopes):
    held = tuple(scope for scope in SCOPES if scope != route.scope) if scopes == "but its own" else ()
    ids = Belongings(Caller(world)).ids(route) if "<" in route.path else {}

    answer = call(Caller(world, scopes=held), route, ids)

    assert (answer.status, answer.code) == (403, "forbidden")
    assert route.scope in answer.json["detail"]


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_its_scope_alone_opens_a_route(world, route):
    ids = Belongings(Caller(world)).ids(route) if "<" in route.path else {}

    answer = call(Caller(world, scopes=(route.scope,)), route, ids)

    assert answer.status not in (401, 403, 404, 500)


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_a_missing_scope_hides_whether_the_id_is_known(world, route):
    ids = Belongings(Caller(world)).ids(route) if "<" in route.path else {}
    nobody = Caller(world, scopes=())

    assert call(nobody, route, ids).text == call(nobody, route).text


def test_routes_without_a_scope_are_the_public_ones():
    public = {route.path for route in ROUTES if route.scope is None}

    page = {"/console", "/console/<file>", "/console/<folder>/<file>"}
    assert public == {"/v1/health", "/v1/openapi.json", "/docs", *page}


def test_every_scope_opens_something():
    assert {route.scope for route in GUARDED} == set(SCOPES) == set(ALL_SCOPES)
