"""decompose: where one part stands out, and only then."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Evidence, Option
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity
from tests import rulings
from tests.additions import with_part
from tests.answers import expected, option, rejection
from tests.builders import Load, Senders, snapshot
from tests.route_loads import Asked, routed
from tests.strategies.tools import shell
from tests.strategies.tools.nginx import complaints

SATURATED, BLOCKED, UNEVEN = "event-loop-saturated", "event-loop-blocked", "uneven-load"
OF_STORES = ("datastore-write-bound", "datastore-read-bound")
FULL = Load(elu=0.885, rps=175)
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3)
SITE = "server {\n  listen 80;\n  location / {\n    proxy_pass http://127.0.0.1:3000;\n  }\nHERE}\n"
"""What most sites already have."""


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ({"GET /checkout": 1.0}, "GET /checkout takes 100% of the request time: there is nothing to separate it from"),
        ({"GET /a": 0.97, "GET /b": 0.03}, "GET /a takes 97%"),
        ({"GET /a": 0.4, "GET /b": 0.3, "GET /c": 0.3}, "GET /a, takes 40% of the request time, less than 50%"),
    ],
)
def test_evenly_spread_or_single_load_is_not_split(routes: dict[str, float], why: str) -> None:
    assert why in rejection("decompose", SATURATED, snapshot(replace(FULL, routes=routes)))


def test_a_part_that_stands_out_can_go() -> None:
    found = option("decompose", SATURATED, snapshot(replace(FULL, routes={"POST /render/:id": 0.7, "GET /": 0.3})))
    loop = expected(found, "loop_utilization")
    assert found.title == "Give POST /render/:id a service of its own"
    assert "estimated" in found.why
    assert any("location /render/ {" in step.code for step in found.steps)
    assert loop.high is not None
    assert loop.high < 0.5


def test_the_part_that_stands_out_is_that_of_the_loop_s_work_and_not_of_the_durations() -> None:
    routes = {"GET /list": Asked(40, 0.004), "POST /pay": Asked(10, 0.060), "GET /slow": Asked(6, 0.001, waits=0.8)}
    measured = option("decompose", SATURATED, routed(routes, FULL, noise=0.02))
    assert measured.title == "Give POST /pay a service of its own"
    assert "loop time by regression, 7" in measured.why
    even = {"GET /a": Asked(60, 0.004), "GET /b": Asked(40, 0.005), "GET /slow": Asked(6, 0.03, waits=2.0)}
    assert "of the loop's work, less than 50%" in rejection("decompose", SATURATED, routed(even, FULL, noise=0.01))


@pytest.mark.parametrize(
    ("route", "location"),
    [
        ("GET /", "location = / {"),
        ("GET /reports/export", "location /reports/export {"),
        ("POST /render/:id", "location /render/ {"),
        ("the work that blocks", "location /heavy/ {"),
    ],
)
def test_the_location_goes_into_the_server_block_and_takes_its_part_alone(
    tmp_path: Path, route: str, location: str
) -> None:
    seen = snapshot(replace(FULL, routes={route: 0.7, "GET /rest": 0.3}))
    nginx = next(step for step in option("decompose", SATURATED, seen).steps if step.platform == "NGINX")
    assert nginx.code.startswith(location)
    assert nginx.file == "inside server { } of your site"
    assert "Put this into the server block" in nginx.text
    # As the step says, with the new service's host and port in place of this one, whose name nobody knows here.
    site = SITE.replace("HERE", nginx.code.replace("heavy:3001", "127.0.0.1:3001"))
    assert complaints(site, tmp_path) == ""


def test_nginx_would_not_take_the_location_outside_of_the_server_block(tmp_path: Path) -> None:
    assert "location" in complaints("location = / {\n  proxy_pass http://127.0.0.1:3001;\n}\n", tmp_path)


def test_heavy_blocks_can_go() -> None:
    assert "a service of its own" in option("decompose", BLOCKED, snapshot(HEAVY)).title


def test_light_blocks_stay() -> None:
    light = replace(HEAVY, elu=0.6, cpu=0.58, block=0.12, block_every=6.0)
    assert "less than 30%" in rejection("decompose", BLOCKED, snapshot(light))


def test_garbage_is_everybodys() -> None:
    assert "Garbage" in rejection("decompose", BLOCKED, snapshot(replace(HEAVY, gc_pause=0.25)))


@pytest.mark.parametrize("rule", [SATURATED, BLOCKED])
def test_without_a_probe_no_part_stands_out(rule: str) -> None:
    assert "0 " in rejection("decompose", rule, snapshot(FULL, senders=Senders(probe=False)))


def test_routes_under_one_path_stand_out_together() -> None:
    spread = {"GET /reports/day": 0.35, "GET /reports/week": 0.35, "GET /": 0.3}
    found = option("decompose", SATURATED, snapshot(replace(FULL, routes=spread)))
    assert found.title == "Give what is under /reports/ a service of its own"
    assert any(step.code.startswith("location /reports/ {") for step in found.steps)


@pytest.mark.parametrize(
    "rule", [r for r in rulings.ALL if r not in {SATURATED, BLOCKED, UNEVEN, "host-cpu-saturated", *OF_STORES}]
)
def test_what_goes_along_with_the_code_is_not_cured_by_a_split(rule: str) -> None:
    uneven = snapshot(replace(FULL, routes={"POST /render": 0.7, "GET /": 0.3}))
    assert "growth: 7" in rulings.refused("decompose", rule, uneven, Evidence("g", "Growth", 7.0, "{file}", holds=True))


def test_while_users_wait_it_comes_later() -> None:
    seen = snapshot(replace(FULL, routes={"POST /render": 0.7, "GET /": 0.3}))
    calm = rulings.firing(SATURATED)
    urgent = replace(calm, reading=replace(calm.reading, severity=Severity.CRITICAL))
    first, later = (STRATEGIES["decompose"].answer(seen, ruling) for ruling in (calm, urgent))
    assert isinstance(first, Option)
    assert isinstance(later, Option)
    assert later.confidence == first.confidence / 2
    assert "not for today" in later.why
    assert "not for today" not in first.why


COOL = Load(elu=0.3, rps=60)


@pytest.mark.parametrize("part", [0.5, 0.9])
def test_what_makes_one_process_hotter_than_its_equals_can_go(part: float) -> None:
    hot = Load(elu=0.9, rps=60, routes={"GET /report/:id": part, "GET /": 1 - part})
    found = option("decompose", UNEVEN, snapshot(hot, COOL, COOL))
    loop = expected(found, "loop_utilization")
    assert found.title == "Give GET /report/:id a service of its own"
    assert any("location /report/ {" in step.code for step in found.steps)
    assert loop.now == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("hot", "why"), [
    (Load(elu=0.9, rps=60, routes={"GET /report": 0.3, "GET /": 0.7}), "GET /report takes 30% of the work of process "
     "1010: only a part of 50% to 95% of its work is worth a service of its own."),
    (Load(elu=0.9, rps=60, routes={"GET /report": 1.0}), "GET /report takes 100% of the work of process"),
    (Load(elu=0.9, rps=180), "gets 3 times as many requests"),
])  # fmt: skip
def test_other_reasons_to_be_hot_stay(hot: Load, why: str) -> None:
    assert why in rejection("decompose", UNEVEN, snapshot(hot, COOL, COOL))


def shared(**active: float) -> Snapshot:
    """A server with so many active sessions in each of its databases."""
    seen = snapshot()
    for name, sessions in active.items():
        seen = with_part(seen, PartKind.DATASTORE, f"postgresql 127.0.0.1 5432 {name}", active=sessions)
    return seen


@pytest.mark.parametrize("rule", OF_STORES)
def test_databases_that_share_a_server_can_part(rule: str) -> None:
    found = rulings.offered("decompose", rule, shared(shop=1.0, audit=3.0))
    assert found.title == "Give the database audit on postgresql 127.0.0.1 5432 a server of its own"
    assert "It has 75% of 4 active sessions" in found.why
    sessions = expected(found, "db_active")
    assert (sessions.now, sessions.low, sessions.high) == pytest.approx((4.0, None, 3.0))
    assert found.confidence == pytest.approx(0.54)
    assert "pg_dump -h 127.0.0.1 -p 5432 --format=custom --file=audit.dump audit" in shell.read(found.steps)[0]


@pytest.mark.parametrize("rule", OF_STORES)
@pytest.mark.parametrize(("active", "why"), [
    ({}, "0 active sessions"), ({"shop": math.nan}, "0 active sessions"), ({"shop": 0.0}, "0 active sessions"),
    ({"shop": 3.0}, "tells of 1 database: there is nothing to part"),
    ({"shop": 9.1, "audit": 0.9}, "Of 2 databases on postgresql 127.0.0.1 5432, shop has 91% of the active sessions"),
])  # fmt: skip
def test_a_datastore_of_one_database_has_nothing_to_part(rule: str, active: dict[str, float], why: str) -> None:
    assert why in rulings.refused("decompose", rule, shared(**active))


def test_while_users_wait_for_the_datastore_it_comes_later_too() -> None:
    calm = rulings.firing(OF_STORES[0])
    urgent = replace(calm, reading=replace(calm.reading, severity=Severity.CRITICAL))
    found = STRATEGIES["decompose"].answer(shared(shop=1.0, audit=3.0), urgent)
    assert isinstance(found, Option)
    assert found.confidence == pytest.approx(0.27)
    assert "not for today" in found.why
