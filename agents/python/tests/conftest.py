from __future__ import annotations

import pytest

from advisor_agent.scene import Observer
from fakes.machine import Machine
from fakes.sink import sink as running_sink


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
