from __future__ import annotations

import os
import subprocess

import pytest

from advisor_agent import lives
from advisor_agent.scene import Observer
from fakes.descriptors import Descriptors
from fakes.machine import Machine
from fakes.sink import sink as running_sink
from fakes.stage import Stage


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def sink():
    with running_sink() as running:
        yield running


@pytest.fixture
def scene(machine):
    """What a collector sees of the fake machine."""
    return Observer(machine.kernel).look()


@pytest.fixture
def figures():
    """Samples as `{(metric name, attribute values...): value}`."""

    def _figures(samples):
        return {(s.metric.name, *(value for _, value in s.attributes)): s.value for s in samples}

    return _figures


@pytest.fixture
def small_disk(tmp_path):
    """A filesystem of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root, to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def stage(machine, monkeypatch):
    """Lives of the fake machine's processes."""
    stage = Stage(machine, Descriptors())
    monkeypatch.setattr(lives, "pidfd", stage.descriptors)
    monkeypatch.setattr(lives.time, "time_ns", lambda: stage.now)
    yield stage
    stage.close()
