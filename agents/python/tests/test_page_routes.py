from __future__ import annotations

import pytest

from advisor_agent.page_routes import MOST_ROUTES, Routes

METHOD, ROUTE, STATUS = "http.request.method", "http.route", "http.response.status_code"


@pytest.mark.parametrize(
    ("labels", "attributes"),
    [
        ({"method": "GET", "route": "/a", "status_code": "200"}, {METHOD: "GET", ROUTE: "/a", STATUS: "200"}),
        ({"method": "get", "path": "/a", "status": "404"}, {METHOD: "GET", ROUTE: "/a", STATUS: "404"}),
        ({"verb": "PUT", "handler": "/a", "code": "201"}, {METHOD: "PUT", ROUTE: "/a", STATUS: "201"}),
        (
            {"http_request_method": "POST", "http_route": "/a", "http_response_status_code": "503"},
            {METHOD: "POST", ROUTE: "/a", STATUS: "503", "error.type": "503"},
        ),
        ({"status_code": "5xx"}, {"error.type": "5xx"}),
        ({"status_code": "2xx"}, {}),
        ({"status_code": "okay"}, {}),
        ({"method": "BREW", "route": "/a"}, {METHOD: "_OTHER", ROUTE: "/a"}),
        ({"app": "shop", "region": "eu"}, {}),
        ({"route": "/a\nb" + "x" * 500}, {ROUTE: "/ab" + "x" * 252}),
        ({}, {}),
    ],
)
def test_labels_as_people_name_them(labels, attributes):
    assert dict(Routes().attributes(labels)) == attributes


def test_routes_beyond_what_is_kept_become_one_and_stay_it():
    routes = Routes()
    for number in range(MOST_ROUTES):
        routes.attributes({"method": "GET", "route": f"/{number}"})
    late = {"method": "GET", "route": "/late", "status_code": "200"}
    assert routes.attributes(late) == routes.attributes(late) == ((ROUTE, "other"), (STATUS, "200"))
    assert dict(routes.attributes({"method": "GET", "route": "/3"}))[ROUTE] == "/3"


def test_no_route_takes_no_room():
    routes = Routes()
    for method in ("GET", "PUT", "BREW"):
        routes.attributes({"method": method})
    assert not routes._met
