from __future__ import annotations

import subprocess

import pytest

from advisor_agent.check import seen, table
from advisor_agent.deltas import Point
from advisor_agent.metric import GAUGE, Metric
from advisor_agent.otlp import Report
from fakes.agent import command, environment


@pytest.fixture
def checked(sink, tmp_path):
    """Run `advisor-agent check` against the sink; the finished process."""

    def _checked(url=sink.url):
        return subprocess.run(
            command("check"), env=environment(url, tmp_path), capture_output=True, text=True, timeout=60, check=False
        )

    return _checked


def test_a_batch_is_shown_and_taken(checked, sink):
    done = checked()
    assert done.returncode == 0
    assert "system.memory.linux.available" in done.stdout
    assert "system.cpu.time" in done.stdout
    assert done.stdout.endswith(f"{sink.url} took the batch.\n")
    assert sink.received.qsize() == 1


def test_a_refusal_is_explained(checked, sink):
    sink.status = 401
    done = checked()
    assert done.returncode == 1
    assert "did not take the batch (401: it does not know this token" in done.stdout


def test_points_left_out_are_named(checked, sink):
    sink.body = b'{"partialSuccess":{"rejectedDataPoints":2,"errorMessage":"unknown unit"}}'
    done = checked()
    assert done.returncode == 0
    assert "took the batch, without 2 points: unknown unit" in done.stdout


def test_a_server_that_is_away_is_named(checked):
    done = checked("http://127.0.0.1:1")
    assert done.returncode == 1
    assert "http://127.0.0.1:1 cannot be reached: Connection refused" in done.stdout


def test_a_server_that_hangs_up_is_named(checked, sink):
    sink.status = 0
    done = checked()
    assert done.returncode == 1
    assert "cannot be reached: it closed the connection" in done.stdout


def test_a_table_has_a_line_a_point():
    metric = Metric("a.b", "By", GAUGE, "")
    points = [Point(metric, 1_234_567, (("mode", "x"),), 0), Point(metric, 0.5, (), 0)]
    assert table(Report({"host.name": "shop-1"}, points)).splitlines() == [
        "Host shop-1",
        "  host.name = shop-1",
        "    a.b  x  1.2 MB",
        "    a.b       0 B",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "line"),
    [
        (4, "{cpu}", "4 cpu"),
        (0.25, "1", "0.250 "),
        (1.5, "s", "1.500 s"),
        (999, "By", "999 B"),
        (270_553_174_016, "By", "270.6 GB"),
        (-2_000, "By", "-2.0 kB"),
    ],
)
def test_figures_are_written_as_people_do(value, unit, line):
    report = Report({"host.name": "shop-1"}, [Point(Metric("a", unit, GAUGE, ""), value, (), 0)])
    assert table(report).splitlines()[-1] == f"    a    {line}"


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "Found this host, and no Node.js process on it."),
        (["shop"], "Found this host, and 1 Node.js process: shop."),
        (["shop", "cart", "shop"], "Found this host, and 3 Node.js processes: cart, shop (2)."),
    ],
)
def test_what_was_found_is_said_in_a_sentence(names, sentence):
    reports = [Report({"host.name": "shop-1"}, []), *(Report({"service.name": name}, []) for name in names)]
    assert seen(reports) == sentence
