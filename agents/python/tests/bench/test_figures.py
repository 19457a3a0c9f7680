"""How a figure is told."""

from __future__ import annotations

from bench.figures import beside_peers, figure, markdown, spread


def test_a_figure_holds_up_to_its_goal_and_not_beyond():
    assert figure("agent.test", 3.0, "MiB", 3, "netdata", 6.0) == {
        "name": "agent.test",
        "value": 3.0,
        "unit": "MiB",
        "peer": "netdata",
        "peer_value": 6.0,
        "ratio": 0.5,
        "goal": 3,
        "holds": True,
    }
    assert not figure("agent.test", 3.0004, "MiB", 3)["holds"]


def test_a_peer_that_needed_nothing_gives_no_ratio():
    assert figure("agent.test", 1.0, "MiB", 3, "netdata", 0.0)["ratio"] is None


def test_each_peer_has_its_own_line_and_ours_stands_alone_without_one():
    lines = beside_peers("agent.test", 1.0, "MiB", 3, {"netdata": 4.0, "collectd": 0.5})
    assert [(line["peer"], line["ratio"]) for line in lines] == [("netdata", 0.25), ("collectd", 2.0)]
    (alone,) = beside_peers("agent.test", 1.0, "MiB", 3, {})
    assert alone["peer"] is None


def test_a_spread_is_the_middle_and_both_ends():
    assert spread([3.0, 1.0, 2.0], 1) == "2.0 (1.0 to 3.0)"
    assert spread([2.0], 2) == "2.00"


def test_a_table_is_one_of_markdown():
    assert markdown("T", ["a", "b"], [["1", "2"]], "N") == "## T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nN\n"
