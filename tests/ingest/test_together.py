"""Exports that are told together are stored as their reports would be, each for itself."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from advisor.fleet.claim import AGENT
from advisor.fleet.registry import Identity
from advisor.ingest.answers import Receipt
from advisor.ingest.assembly import Beyond, add_rows
from advisor.ingest.crowd import Members
from advisor.ingest.pivot import Pivot
from advisor.ingest.scanned import JSON, PROTOBUF
from advisor.ingest.scanner import scanner
from advisor.ingest.steps import finish
from advisor.ingest.together import Brought, Together
from advisor.store.rows import Rows
from advisor.store.sheet import Sheet
from advisor.vocabulary import PartKind
from tests.compilers import need
from tests.ingest.bodies import as_json, as_protobuf, made
from tests.ingest.exports import (
    HOST,
    NOW,
    PROCESS,
    Json,
    body,
    counter,
    gauge,
    number,
    resource,
)

need(scanner())

SCANNING: Final = Pivot()
SEEDS: Final = range(250)
IDENTITIES: Final = (
    Identity(3),
    Identity(3, 5, 7),
    Identity(None, 5, 7),
    Identity(3, 5, 8, has_inside=True),
    Identity(3, 5, 9, has_inside=True, has_probe=True),
)
ELU: Final = "nodejs.eventloop.utilization"


def read(data: bytes, wire: Any = JSON, offset: float = 0.0, received: float = NOW) -> Any:
    """What is made of a body once all of its attributes are known."""
    finish(SCANNING.read(data, wire, received, lambda host: offset))
    return finish(SCANNING.read(data, wire, received, lambda host: offset))


def bodies() -> Iterator[tuple[int, bytes, Any]]:
    for seed in SEEDS:
        yield seed, as_json(made(seed), seed), JSON
        if (data := as_protobuf(made(seed))) is not None:
            yield seed, data, PROTOBUF


def together(data: bytes, wire: Any = JSON, offset: float = 0.0, received: float = NOW) -> Together | None:
    found = read(data, wire, offset, received)
    one: Together | None = found and found.together
    return one


def test_reports_are_those_that_the_scanner_tells_apart() -> None:
    compared = 0
    for _, data, wire in bodies():
        one = together(data, wire, 2.5)
        if one is None:
            continue
        told = wire.scan(SCANNING._scanner, data, True)
        reports = one.apart()
        assert [report.packed for report in reports] == [resource.snapshot for resource in told]
        assert [report.points for report in reports] == [resource.points - resource.not_kept for resource in told]
        assert {report.clock_offset for report in reports} == {2.5}
        assert [report.listening for report in reports] == listening(one)
        compared += 1
    assert compared > 20


def listening(one: Together) -> list[int | None]:
    counts = memoryview(one.plain.listening).cast("h").tolist()
    return [None if count < 0 else count for count in counts]


def test_what_was_told_makes_the_rows_that_its_reports_make() -> None:
    compared = 0
    for seed, data, wire in bodies():
        one, chance = together(data, wire, 2.5), Random(seed)
        if one is None:
            continue
        identities = tuple(chance.choice(IDENTITIES) for _ in one.crowd.said)
        brought = Brought(one, Members.of(one.crowd, identities), Receipt(), 1)
        beyond = frozenset((use.owner, name) for use in brought.names() for name in use.names if seed % 2)
        if not brought.is_plain(beyond):
            continue
        rows = Rows()
        brought.add(rows, 0)
        assert sheets(rows) == sheets(apart(brought, beyond))
        assert not brought.receipt.rejected
        compared += 1
    assert compared > 20


def apart(brought: Brought, beyond: Beyond = frozenset()) -> Rows:
    rows = Rows()
    for one in brought.resolved():
        add_rows(rows, one, beyond)
    return rows


def sheets(rows: Rows) -> list[Any]:
    by_entity = [[one for one in rows.bundles if one.wholes], [one for one in rows.bundles if not one.wholes]]
    found = (
        Sheet.of_processes(rows.processes, by_entity[0]),
        Sheet.of_hosts(rows.hosts, by_entity[1]),
        Sheet.of_parts(rows.parts),
    )
    return [sorted(sheet.values(), key=repr) for sheet in found]


def levels(who: Json, at: float = NOW) -> Json:
    return resource(who, gauge(ELU, number(0.5, at=at)))


def brought(*identities: Identity, said: bytes | None = None) -> Brought:
    one = together(said or body(*(levels(PROCESS) for _ in identities)))
    assert one is not None
    return Brought(one, Members.of(one.crowd, identities), Receipt(), 1)


def test_a_row_of_nobody_is_looked_into() -> None:
    assert brought(Identity(3, 5, 7), Identity(None, 5, 8)).is_plain(frozenset())
    assert not brought(Identity(3, 5, 7), Identity(3)).is_plain(frozenset())


def test_what_an_agent_says_beside_a_probe_is_looked_into() -> None:
    data = body(levels({**PROCESS, "telemetry.sdk.name": AGENT}))
    assert brought(Identity(3, 5, 7), said=data).is_plain(frozenset())
    assert not brought(Identity(3, 5, 7, has_inside=True), said=data).is_plain(frozenset())


def test_a_part_without_room_or_of_nobody_is_looked_into() -> None:
    data = body(resource(HOST, counter("system.disk.io_time", number(1.0, span=10.0, attrs={"system.device": "sda"}))))
    name = ((3, 0), (PartKind.DISK, "sda"))
    assert brought(Identity(3), said=data).is_plain(frozenset())
    assert not brought(Identity(3), said=data).is_plain(frozenset([name]))
    assert not brought(Identity(None), said=data).is_plain(frozenset())


@pytest.mark.parametrize(
    "resources",
    [
        (levels(PROCESS), levels({**PROCESS, "host.id": "another"})),
        (levels(PROCESS), levels(PROCESS, at=NOW - 4 * 86_400)),
        (levels(PROCESS), levels(PROCESS, at=NOW + 3 * 86_400)),
        (levels(PROCESS), levels({"host.id": "of a process that nobody names"})),
    ],
)
def test_what_is_not_as_nearly_always_is_read_apart(resources: tuple[Json, ...]) -> None:
    found = read(body(*resources))
    assert found.together is None
    assert len(found.reports) == len(resources)


def test_points_that_nothing_keeps_are_counted() -> None:
    found = read(body(resource(PROCESS, gauge(ELU, number(0.5)), gauge("nobody.keeps.it", number(1.0)))))
    assert found.together is not None
    assert (found.points, found.ignored.total()) == (2, 1)
    assert [report.points for report in found.reports] == [1]


def test_points_are_charged_for_once_though_their_body_is_read_twice() -> None:
    charged = list[int]()
    data = body(levels(PROCESS), levels({**PROCESS, "host.id": "another"}))
    finish(SCANNING.read(data, JSON, NOW, lambda host: 0.0, charged.append))
    charged.clear()
    finish(SCANNING.read(data, JSON, NOW, lambda host: 0.0, charged.append))
    assert charged == [2]


@pytest.mark.parametrize(("resources", "length"), [(1_001, 1), (1, 70_000)])
def test_what_is_very_large_is_read_apart(resources: int, length: int) -> None:
    found = read(body(*[levels({**PROCESS, "service.name": "x" * length})] * resources))
    assert found.together is None
    assert len(found.reports) == resources
