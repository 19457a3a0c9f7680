"""From summaries to figures."""

from __future__ import annotations

import pytest

from bench import proc, report
from bench.options import LOADED, QUIET
from bench.windows import Reading, Summary

MEBIBYTE = 1 << 20


def summary(cpu=0.1, rss=10, tick=1000.0, every=10):
    found = Summary(every)
    found.shares, found.ticks = [cpu], [tick]
    found.memory = proc.Memory(rss * MEBIBYTE, rss * MEBIBYTE // 2)
    return found


def by_peer(lines, name):
    return {line["peer"]: line for line in lines if line["name"] == name}


def test_a_window_gives_the_share_of_a_core_and_the_bytes_of_a_tick():
    found = Summary(5)
    found.add(Reading(100.0, 3.0, 1000), Reading(120.0, 3.1, 9000))
    assert found.cpu == pytest.approx(0.5)
    assert found.tick_bytes == 2000


def test_ours_stands_beside_peers_at_the_same_interval_only():
    summaries = {("ours", 5): summary(0.1), ("collectd", 5): summary(0.2), ("netdata", 1): summary(1.6)}
    lines = by_peer(report.cpu(QUIET, summaries), "agent.cpu.5s")
    assert lines.keys() == {"collectd"}
    assert lines["collectd"]["ratio"] == 0.5


def test_both_exporters_together_are_one_more_peer():
    summaries = {("ours", 5): summary(0.3), ("node_exporter", 5): summary(0.1), ("process_exporter", 5): summary(0.2)}
    lines = by_peer(report.cpu(LOADED, summaries), "agent.cpu.loaded.5s")
    assert lines["node_exporter+process_exporter"]["peer_value"] == 0.3


def test_another_checkout_and_tls_are_no_peers():
    summaries = {("ours", 10): summary(), ("before", 10): summary(), ("ours, TLS", 10): summary()}
    assert by_peer(report.cpu(QUIET, summaries), "agent.cpu.10s").keys() == {None}


def test_memory_is_the_most_of_all_intervals():
    summaries = {("ours", 10): summary(rss=10), ("ours", 1): summary(rss=15), ("glances", 10): summary(rss=40)}
    (line,) = by_peer(report.memory_and_wire(summaries, 100), "agent.rss").values()
    assert (line["value"], line["peer_value"], line["holds"]) == (15, 40, False)


def test_tls_has_its_own_goal():
    summaries = {("ours", 10): summary(rss=10), ("ours, TLS", 10): summary(rss=19)}
    lines = by_peer(report.memory_and_wire(summaries, 100), "agent.rss.tls")
    assert lines[None]["holds"]


def test_the_wire_has_no_peer_that_sends_nothing():
    summaries = {("ours", 10): summary(), ("glances", 10): summary(tick=0), ("collectd", 10): summary(tick=2000)}
    assert by_peer(report.memory_and_wire(summaries, 100), "agent.tick").keys() == {"collectd"}


def test_a_tick_is_also_told_for_the_200_points_of_its_goal():
    lines = report.memory_and_wire({("ours", 10): summary(tick=3000.0)}, 400)
    (line,) = by_peer(lines, "agent.tick.200_points").values()
    assert (line["value"], line["holds"]) == (1.5, True)


def test_a_table_has_a_row_for_each_subject_and_interval():
    text = report.table("T", {("ours", 10): summary(), ("glances", 1): summary(tick=0)}, {"ours": "a", "glances": "b"})
    assert "| ours | a | 10 s | 0.100 | 10.0 | 5.0 | 1,000 |" in text
    assert "| glances | b | 1 s | 0.100 | 10.0 | 5.0 | none |" in text
