from __future__ import annotations

import pytest

from advisor.store import samples
from advisor.store.rows import PartRow
from advisor.vocabulary import PartKind
from tests.store.builders import START, disk_row, host, instance, keep, route_row, service, us

pytestmark = pytest.mark.django_db


def app_row(of: int, seconds: float, name: str, **values: float) -> PartRow:
    return PartRow(of, 0, us(seconds), 50.0, 0.0, PartKind.APP, name, values)


def test_a_hosts_parts_are_told_even_where_no_service_reports() -> None:
    here, there = host("here"), host("there")
    keep(
        app_row(here.pk, 0, "worker", errored=1, restarts=15),
        app_row(here.pk, 50, "worker", errored=2, restarts=30),
        app_row(here.pk, 50, "api", active=2),
        app_row(here.pk, 900, "api", active=3),
        app_row(there.pk, 0, "other", active=1),
        disk_row(here, 0, "sda", busy=1),
    )
    found = samples.host_parts([here.pk], PartKind.APP, START, START + 60)
    assert set(found) == {here.pk}
    api, worker = found[here.pk]
    assert (api.name, api.track.values["active"].tolist()) == ("api", [2])
    assert (worker.name, worker.track.values["errored"].tolist()) == ("worker", [1, 2])


def test_a_service_of_the_same_number_is_another_owner() -> None:
    here, shop = host("here"), service("shop")
    keep(route_row(instance(shop, here), 0, "GET /", count=1))
    assert samples.host_parts([here.pk, shop.pk], PartKind.APP, START, START + 60) == {}
