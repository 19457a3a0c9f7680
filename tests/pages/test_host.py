from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from advisor.charts.chart import Place
from advisor.charts.registry import CHARTS
from advisor.fleet.models import Host
from advisor.store import samples
from advisor.store.rows import HostRow, PartRow, ProcessRow, Rows
from advisor.vocabulary import PartKind
from tests.pages.fleet import Cast
from tests.pages.test_fleet import words


@pytest.fixture
def told(cast: Cast) -> Cast:
    """A minute of what an agent tells of its host, and of one process on it."""
    Host.objects.update(agent_version="0.1.0", arch="amd64")
    machine = {"cpu_effective": 2, "cpu_user": 10, "cpu_system": 2.4, "memory_limit": 8e9, "memory_available": 5e9}
    rows = Rows()
    for at in (int(time.time() - ago) * 1_000_000 for ago in (1, 11)):
        rows.hosts.append(HostRow(cast.host.pk, at, 10, 0, machine | {"agent_cpu": 0.004, "agent_memory": 15e6}))
        rows.processes.append(ProcessRow(cast.service.pk, cast.processes[0].pk, at, 10, 0, {"cpu_user": 5.0}))
        for kind, name, values in (
            (PartKind.DISK, "/srv", {"used": 92.0, "capacity": 100.0}),
            (PartKind.DISK, "sda", {"busy": 1.0, "count": 10.0}),
            (PartKind.INTERFACE, "eth0", {"received": 5e6}),
            (PartKind.COLLECTOR, "process_ports", {"duration": 0.001, "errors": 1.0}),
        ):
            rows.parts.append(PartRow(cast.host.pk, 0, at, 10, 0, kind, name, values))
    with transaction.atomic():
        samples.write(rows)
    return cast


def test_the_state_comes_first_then_what_it_is(page: Client, told: Cast) -> None:
    text = words(page.get(f"/hosts/{told.host.pk}/").content)
    assert "Reporting 1.2 of 2 cores in use, 3 GB of 8 GB memory taken, /srv 92% full." in text
    assert "Debian 12, amd64, 2 cores, 8 GB. Agent 0.1.0, last report" in text


def test_processes_disks_and_the_agents_own_cost_are_listed(page: Client, told: Cast) -> None:
    html = page.get(f"/hosts/{told.host.pk}/").content
    text = words(html)
    assert f'<a href="/services/{told.service.pk}/">' in html.decode()
    assert "/srv 92%" in text
    assert "sda 10%" in text
    assert "eth0 500 kB" in text
    assert "0.04% of one core" in text
    assert "15 MB of memory" in text
    assert "process ports" in text


def test_every_chart_of_a_host_has_its_place(page: Client, told: Cast) -> None:
    html = page.get(f"/hosts/{told.host.pk}/?range=6h").content.decode()
    for chart in CHARTS.values():
        assert (f'data-card="{chart.id}"' in html) == (chart.place is Place.HOST)
    assert f'data-series="/hosts/{told.host.pk}/series.json" data-range="6h"' in html


def test_a_silent_host_says_so_and_what_is_missing(page: Client, cast: Cast) -> None:
    Host.objects.update(last_seen=cast.now - timedelta(hours=1))
    text = words(page.get(f"/hosts/{cast.host.pk}/").content)
    assert "Silent" in text
    assert "No Node.js process has reported from here in the last minute." in text
    assert "last report 1 h ago" in text.lower()


def test_a_host_that_is_none_is_not_found(page: Client, cast: Cast) -> None:
    assert page.get("/hosts/999/").status_code == 404


def test_the_list_of_hosts_leads_to_it(page: Client, cast: Cast) -> None:
    assert f'<a href="/hosts/{cast.host.pk}/">web-01</a>' in page.get("/hosts/").content.decode()
    assert f'<a href="/hosts/{cast.host.pk}/">web-01</a>' in page.get("/").content.decode()
