from __future__ import annotations

import os
import sys

import pytest

from advisor_agent.places import settings_file, state_folder


@pytest.fixture
def on(monkeypatch):
    """Be on a system, as root or as somebody else."""

    def _on(system, user):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(os, "geteuid", lambda: user)

    return _on


@pytest.mark.parametrize(
    ("system", "user", "environ", "file", "folder"),
    [
        ("linux", 0, {"HOME": "/root"}, "/etc/advisor-agent/agent.toml", "/var/lib/advisor-agent"),
        (
            "linux",
            1000,
            {"HOME": "/home/ada"},
            "/home/ada/.config/advisor-agent/agent.toml",
            "/home/ada/.local/state/advisor-agent",
        ),
        (
            "linux",
            1000,
            {"HOME": "/home/ada", "XDG_CONFIG_HOME": "/cfg", "XDG_STATE_HOME": "/state"},
            "/cfg/advisor-agent/agent.toml",
            "/state/advisor-agent",
        ),
        (
            "darwin",
            0,
            {"HOME": "/var/root"},
            "/Library/Application Support/advisor-agent/agent.toml",
            "/Library/Application Support/advisor-agent/state",
        ),
        (
            "darwin",
            501,
            {"HOME": "/Users/ada"},
            "/Users/ada/Library/Application Support/advisor-agent/agent.toml",
            "/Users/ada/Library/Application Support/advisor-agent/state",
        ),
        (
            "win32",
            1,
            {"PROGRAMDATA": "D:\\Data"},
            "D:\\Data\\advisor-agent\\agent.toml",
            "D:\\Data\\advisor-agent\\state",
        ),
        ("win32", 1, {}, "C:\\ProgramData\\advisor-agent\\agent.toml", "C:\\ProgramData\\advisor-agent\\state"),
    ],
)
def test_each_system_has_its_places(on, system, user, environ, file, folder):
    on(system, user)
    assert settings_file(environ) == file
    assert state_folder(environ) == folder
