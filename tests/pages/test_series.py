from __future__ import annotations

import csv
import io
import time

import pytest
from django.db import transaction
from django.test import Client

from advisor.charts.chart import Place
from advisor.charts.registry import CHARTS
from advisor.charts.registry import at as at_place
from advisor.fleet.models import Host
from advisor.pages.series import guarded
from advisor.store import samples
from advisor.store.rows import HostRow, ProcessRow, Rows
from tests.pages.fleet import Cast

HOSTILE = "=1+1<img src=x>"


@pytest.fixture
def measured(cast: Cast) -> Cast:
    """Two minutes of samples of both processes."""
    Host.objects.update(name=HOSTILE)
    now = int(time.time())
    rows = Rows()
    for at in range(now - 120, now + 1, 10):
        for busy, process in zip((0.9, 0.4), cast.processes, strict=True):
            values = {
                "loop_active": busy * 10,
                "loop_idle": (1 - busy) * 10,
                "requests": 100.0,
                "cpu_user": busy * 10,
                "cpu_system": 0.1,
            }
            rows.processes.append(ProcessRow(cast.service.pk, process.pk, at * 1_000_000, 10, 0, values))
        rows.hosts.append(HostRow(cast.host.pk, at * 1_000_000, 10, 0, {"cpu_effective": 8, "cpu_count": 8}))
    with transaction.atomic():
        samples.write(rows)
    return cast


def test_numbers_of_all_charts_come_in_one_answer(page: Client, measured: Cast) -> None:
    answer = page.get(f"/services/{measured.service.pk}/series.json?range=15m").json()
    assert set(answer["heads"]) == {chart.id for chart in CHARTS.values() if chart.place is not Place.HOST}
    assert answer["heads"]["loop_busy"]["now"] == "90%"
    assert answer["heads"]["requests"] == {
        "now": "20",
        "unit": "per second",
        "label": "Requests, now 20 per second",
        "top": None,
    }
    assert answer["heads"]["cores"]["unit"] == "of 8"
    assert answer["heads"]["cores"]["top"] == 8
    assert all(len(values) == len(answer["x"]) for values in answer["series"].values())
    assert len(answer["grid"]["names"]) == 2


def test_a_continuation_brings_only_the_end(page: Client, measured: Cast) -> None:
    address = f"/services/{measured.service.pk}/series.json?range=1h"
    whole = page.get(address).json()
    more = page.get(f"{address}&since={whole['x'][-1]}").json()
    assert whole["since"] is None
    assert more["since"] <= whole["x"][-1]
    assert len(more["x"]) < len(whole["x"]) / 4


@pytest.mark.parametrize("since", ["x", "-5", "9" * 30, ""])
def test_a_strange_start_is_no_error(page: Client, measured: Cast, since: str) -> None:
    assert page.get(f"/services/{measured.service.pk}/series.json?since={since}").status_code == 200


def test_the_moment_advice_opened_is_marked(page: Client, measured: Cast) -> None:
    measured.advise()
    (mark,) = page.get(f"/services/{measured.service.pk}/series.json").json()["marks"]
    assert mark["text"] == "Recommended"


def test_csv_has_utc_times_and_guards_formulas(page: Client, measured: Cast) -> None:
    text = page.get(f"/services/{measured.service.pk}/loop_by_process.csv?range=15m").content.decode()
    head_row, *rows = csv.reader(io.StringIO(text))
    assert head_row[0] == "time"
    assert all(title.startswith("'=") for title in head_row[1:])
    assert rows[0][0].endswith("+00:00")
    plain = page.get(f"/services/{measured.service.pk}/requests.csv").content.decode()
    assert plain.startswith("time,requests per second ({request}/s)")


def test_there_is_no_csv_of_an_unknown_chart(page: Client, cast: Cast) -> None:
    assert page.get(f"/services/{cast.service.pk}/nothing.csv").status_code == 404


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded("web-01") == "web-01"


def test_a_chart_without_numbers_says_so(page: Client, cast: Cast) -> None:
    answer = page.get(f"/services/{cast.service.pk}/series.json").json()
    assert answer["heads"]["heap"]["label"] == "Heap, no numbers in this range"


def test_numbers_of_a_host_come_likewise(page: Client, measured: Cast) -> None:
    answer = page.get(f"/hosts/{measured.host.pk}/series.json?range=15m").json()
    assert set(answer["heads"]) == {chart.id for chart in at_place(Place.HOST)}
    assert set(answer["series"]) == {"cores_effective"}
    assert answer["heads"]["machine_processors"] == {
        "now": "–",  # noqa: RUF001
        "unit": "",
        "label": "Processor cores in use, no numbers in this range",
        "top": 8,
    }


def test_a_hosts_chart_as_a_file(page: Client, measured: Cast) -> None:
    answer = page.get(f"/hosts/{measured.host.pk}/machine_load.csv?range=15m")
    head, *rows = csv.reader(io.StringIO(answer.content.decode()))
    assert head == ["time", "1 minute ({thread})", "processors ({thread})"]
    assert rows[-2][1:] == ["", "8.0"]
    assert page.get("/hosts/999/machine_load.csv").status_code == 404
    assert page.get(f"/hosts/{measured.host.pk}/nothing.csv").status_code == 404


def test_the_end_of_an_axis_is_in_the_unit_that_is_shown(page: Client, measured: Cast) -> None:
    at = int(time.time() - 2) * 1_000_000
    with transaction.atomic():
        samples.write(
            Rows(hosts=[HostRow(measured.host.pk, at, 10, 0, {"memory_limit": 8e9, "memory_available": 5e9})])
        )
    head = page.get(f"/hosts/{measured.host.pk}/series.json?range=15m").json()["heads"]["machine_memory"]
    assert head == {"now": "3", "unit": "GB of 8 GB", "label": "Memory taken, now 3 GB of 8 GB", "top": 8e9}
