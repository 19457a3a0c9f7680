from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from advisor_agent import descriptor_limit
from advisor_agent.descriptor_limit import room_for
from fakes.agent import SOURCE

PROGRAM = """
import resource, sys
from advisor_agent.descriptor_limit import room_for
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
print(*room_for(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "room", "limit"),
    [(256, 4096, 1000, 1064), (2000, 4096, 1000, 2000), (256, 512, 448, 512), (32, 32, 1, 32)],
)
def test_the_limit_is_raised_as_far_as_it_may_be(soft, hard, room, limit):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard)],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(room), str(limit)]


def test_a_limit_that_may_not_be_changed_is_lived_with(monkeypatch):
    def forbidden(*arguments):
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", forbidden)
    assert room_for(1000) == [192]


def test_what_there_is_is_shared_in_proportion(monkeypatch):
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: None)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (564, 564))
    assert room_for(800, 200) == [400, 100]
    monkeypatch.setattr(resource, "getrlimit", lambda which: (64, 64))
    assert room_for(800, 200) == [1, 1]
    assert room_for(800, 0) == [1, 0]


def test_windows_has_no_such_limit_but_waits_for_512_sockets_at_most(monkeypatch):
    monkeypatch.setattr(descriptor_limit, "resource", None)
    assert room_for(1000) == [448]
    assert room_for(100, 0) == [100, 0]
