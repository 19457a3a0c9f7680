from __future__ import annotations

from advisor_agent.portable.collectors import load


def test_macos_has_the_three_averages(macos, look, figures):
    assert list(figures(load.collect_host(look(macos))).values()) == [2.5, 2.25, 2.0]


def test_windows_has_none(windows, look, figures):
    windows.errors["getloadavg"] = AssertionError("asked")
    assert figures(load.collect_host(look(windows))) == {}
