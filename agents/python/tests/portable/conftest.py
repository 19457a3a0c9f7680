from __future__ import annotations

import pytest

from advisor_agent.portable.scene import Observer
from fakes.elsewhere import SYSTEMS, Elsewhere


@pytest.fixture
def macos():
    return Elsewhere("macos")


@pytest.fixture
def windows():
    return Elsewhere("windows")


@pytest.fixture(params=SYSTEMS)
def elsewhere(request):
    """Either of them."""
    return Elsewhere(request.param)


@pytest.fixture
def look():
    """What is seen of a fake psutil now."""

    def _look(psutil):
        return Observer(psutil, psutil.paths).look()

    return _look


@pytest.fixture
def process():
    """One Node.js process of a scene."""

    def _process(scene, pid):
        return next(found for found in scene.processes if found.pid == pid)

    return _process
