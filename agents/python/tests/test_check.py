from __future__ import annotations

import subprocess

import pytest

from advisor_agent.check import table
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
        "    a.b  x  1,234,567 By",
        "    a.b         0.500 By",
    ]
