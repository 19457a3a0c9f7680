from __future__ import annotations

import os
import socket

import pytest

from advisor_agent import sockets as module
from advisor_agent.kernel import Kernel
from advisor_agent.sockets import ESTABLISHED, LISTEN, sockets


@pytest.fixture
def pair():
    """A listening socket with one connection on it: (listener, accepted end, its port)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0] as accepted:
            yield listener, accepted, port


def found_on(found, port):
    listening = {(LISTEN, row.inode) for row in found.listening if row.port == port}
    return listening | {(ESTABLISHED, inode) for inode in found.established.get(port, ())}


def inodes(pair):
    listener, accepted, _ = pair
    return {(LISTEN, os.fstat(listener.fileno()).st_ino), (ESTABLISHED, os.fstat(accepted.fileno()).st_ino)}


def test_netlink_shows_real_sockets(pair):
    assert found_on(sockets(Kernel()), pair[2]) == inodes(pair)


def test_the_text_file_shows_the_same(pair, monkeypatch):
    def refuse():
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(module, "_by_netlink", refuse)
    assert found_on(sockets(Kernel()), pair[2]) == inodes(pair)


def test_a_process_elsewhere_is_read_by_its_own_table(pair):
    assert found_on(sockets(Kernel(), os.getpid()), pair[2]) == inodes(pair)


def test_ipv6_sockets_are_seen():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        port, inode = listener.getsockname()[1], os.fstat(listener.fileno()).st_ino
        assert found_on(sockets(Kernel()), port) == {(LISTEN, inode)}


@pytest.mark.parametrize("told", ["by netlink", "by text"])
def test_connections_that_nobody_accepted_yet_wait_in_the_listening_sockets_queue(monkeypatch, told):
    def refuse():
        raise PermissionError(1, "Operation not permitted")

    if told == "by text":
        monkeypatch.setattr(module, "_by_netlink", refuse)
    with socket.create_server(("127.0.0.1", 0), backlog=7) as listener:
        address = listener.getsockname()
        with socket.create_connection(address), socket.create_connection(address):
            (row,) = [row for row in sockets(Kernel()).listening if row.port == address[1]]
    assert row.waiting == 2
    assert row.backlog == (7 if told == "by netlink" else 0)


def test_the_other_end_of_a_connection_is_counted_but_not_kept(pair):
    found = sockets(Kernel())
    assert found.states[ESTABLISHED] >= 2
    assert found.established.keys() == {row.port for row in found.listening}


def test_other_states_are_left_out(machine):
    machine.tcp(LISTEN, 3000, 501)
    machine.tcp(6, 3000, 0)
    found = sockets(machine.kernel)
    assert found_on(found, 3000) == {(LISTEN, 501)}
    assert found.states == {LISTEN: 1}
