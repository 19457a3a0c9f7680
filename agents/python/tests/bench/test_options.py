"""What can be asked of the bench."""

from __future__ import annotations

import pytest

from bench.options import OptionError, Options


def test_a_run_is_long_unless_it_is_asked_to_be_short():
    long, short = Options({}, []), Options({"QUICK": "1"}, [])
    assert (long.window, long.windows, long.intervals, long.parts) == (60, 3, (10, 5, 1), ("quiet", "loaded"))
    assert short.is_quick
    assert short.window < long.window
    assert short.windows < long.windows


def test_parts_intervals_peers_and_the_page_can_be_chosen():
    environ = {"PARTS": "loaded", "INTERVALS": "5", "PEERS": "collectd,netdata", "WINDOWS": "7"}
    chosen = Options(environ, ["--write", "page.md"])
    assert (chosen.parts, chosen.intervals, chosen.windows) == (("loaded",), (5,), 7)
    assert chosen.peers == ["collectd", "netdata"]
    assert str(chosen.file) == "page.md"


@pytest.mark.parametrize(
    ("environ", "arguments", "words"),
    [
        ({"WINDOW": "long"}, [], 'WINDOW has "long"'),
        ({"WINDOWS": "0"}, [], "whole numbers from 1"),
        ({"PARTS": "quiet,lunch"}, [], 'PARTS has "lunch"'),
        ({"INTERVALS": "10,,1"}, [], 'INTERVALS has ""'),
        ({}, ["--out", "page.md"], "--write FILE"),
    ],
)
def test_a_wrong_option_is_named(environ, arguments, words):
    with pytest.raises(OptionError, match=words):
        Options(environ, arguments)
