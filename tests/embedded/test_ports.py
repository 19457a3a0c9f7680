"""Taken ports are found before anything starts, and named."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from advisor.embedded import plan, ports
from advisor.embedded.refusal import CannotStartError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_names_the_setting(taken: int) -> None:
    current = plan.read({"ADVISOR_PORT": str(taken)}, is_demo=False)
    with pytest.raises(CannotStartError, match=f"^Port {taken} is taken .* set ADVISOR_PORT"):
        ports.require_web(current)


def test_a_free_port_is_no_obstacle() -> None:
    current = plan.read({"ADVISOR_PORT": str(ports.any_free("127.0.0.1"))}, is_demo=False)
    ports.require_web(current)
    assert ports.is_free("127.0.0.1", current.port), "asking leaves it free"


def test_an_address_of_another_machine_names_the_setting() -> None:
    current = plan.read({"ADVISOR_BIND": "192.0.2.1"}, is_demo=False)
    with pytest.raises(CannotStartError, match=r"Cannot listen on 192\.0\.2\.1 .* set ADVISOR_BIND"):
        ports.require_web(current)


def test_the_receiver_knows_whether_it_is_free(taken: int) -> None:
    assert ports.receiver(f"127.0.0.1:{taken}") == (f"127.0.0.1:{taken}", False)
    assert ports.receiver("off") == ("off", True)
    free = f"127.0.0.1:{ports.any_free('127.0.0.1')}"
    assert ports.receiver(free) == (free, True)
