from __future__ import annotations

import pytest

from advisor_agent.settings_file import SettingsFileError, read, written


def test_texts_numbers_and_comments():
    text = """
# the shop
server = "https://advisor.example.org"   # where to
interval = 2.5
listen = 'off'
big = 1_000
  indented = true
"""
    assert read(text, "agent.toml") == {
        "server": "https://advisor.example.org",
        "interval": "2.5",
        "listen": "off",
        "big": "1000",
        "indented": "true",
    }


@pytest.mark.parametrize(
    ("line", "value"), [("[]", ""), ('["nginx"]', "nginx"), ('[ "nginx", "haproxy" , ] # two', "nginx haproxy")]
)
def test_a_list_is_its_texts_with_spaces_between(line, value):
    assert read(f"processes = {line}", "agent.toml") == {"processes": value}


@pytest.mark.parametrize("value", ["", "plain", 'a "quoted" word', "C:\\agent", "# no comment", "café"])
def test_what_is_written_is_read_again(value):
    assert read(written({"state_dir": value}), "agent.toml") == {"state_dir": value}


@pytest.mark.parametrize(
    "line",
    [
        "server",
        "server = http://bare.example",
        'server = "open',
        "[table]",
        "a.b = 1",
        'x = "a" "b"',
        "x = [1]",
        'x = ["a"',
        'x = ["a" "b"]',
        'x = ["a b"]',
    ],
)
def test_what_is_no_flat_toml_is_named_with_its_line(line):
    with pytest.raises(SettingsFileError, match=r"agent\.toml, line 2: write it as key"):
        read(f"interval = 5\n{line}\n", "agent.toml")


def test_a_key_that_stands_there_twice_is_not_guessed():
    with pytest.raises(SettingsFileError, match="line 2: interval is set a second time"):
        read("interval = 5\ninterval = 6\n", "agent.toml")
