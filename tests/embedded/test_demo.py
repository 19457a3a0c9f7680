"""The demo asks for Node.js in one sentence, and follows the load's lines."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from advisor.embedded import demo
from advisor.embedded.refusal import CannotStartError


def fake_node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize("version", ["v18.20.4", "v0.10.48", "nonsense", ""])
def test_an_old_node_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    fake_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(CannotStartError, match=r"install Node\.js 20 or later") as refusal:
        demo.require_node()
    assert version in str(refusal.value)


@pytest.mark.parametrize("version", ["v20.0.0", "v26.1.0"])
def test_a_new_one_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    fake_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    demo.require_node()


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_without_node_or_npm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == missing else f"/usr/bin/{name}")
    with pytest.raises(CannotStartError, match="apt install nodejs npm"):
        demo.require_node()


def test_without_its_packages_it_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PROJECT", tmp_path)
    with pytest.raises(CannotStartError, match="start it with `make demo`"):
        demo.require_packages()


@pytest.mark.parametrize(("cores", "is_warned"), [({0}, True), ({0, 1}, False)])
def test_a_small_machine_is_warned_in_one_line(
    monkeypatch: pytest.MonkeyPatch, cores: set[int], is_warned: bool
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: cores, raising=False)
    line = demo.warning()
    assert bool(line) is is_warned
    assert "\n" not in (line or "")


def test_following_gives_whole_lines_once(tmp_path: Path) -> None:
    log = tmp_path / "load.log"
    follower = demo.Follower(log)
    assert list(follower.lines()) == [], "not there yet"
    log.write_text("one\ntw")
    assert list(follower.lines()) == ["one"]
    with log.open("a") as file:
        file.write("o\n\nthree\n")
    assert list(follower.lines()) == ["two", "three"]
    assert list(follower.lines()) == []


def test_following_survives_rotation(tmp_path: Path) -> None:
    log = tmp_path / "load.log"
    log.write_text("a long first line\n")
    follower = demo.Follower(log)
    list(follower.lines())
    log.rename(tmp_path / "load.log.1")
    log.write_text("new\n")
    assert list(follower.lines()) == ["new"]
