from __future__ import annotations

import socket

import pytest

from advisor_agent.collectors import tcp
from advisor_agent.kernel import Kernel
from advisor_agent.scene import Observer
from advisor_agent.sockets import CLOSE_WAIT, ESTABLISHED, LISTEN, SYN_RECEIVED

COUNT = "system.network.connection.count"


def counts(found):
    return {key[1]: value for key, value in found.items() if key[0] == COUNT}


def test_connections_by_state_and_totals(machine, figures):
    for state, port in ((LISTEN, 3000), (ESTABLISHED, 3000), (ESTABLISHED, 40_000), (CLOSE_WAIT, 3000)):
        machine.tcp(state, port, 0)
    found = figures(tcp.collect_host(Observer(machine.kernel).look()))
    assert counts(found) == {"listen": 1, "established": 2, "close_wait": 1, "syn_received": 0, "time_wait": 17}
    assert found["advisor.system.tcp.segments_sent",] == 7000
    assert found["advisor.system.tcp.segments_repeated",] == 25
    assert found["advisor.system.tcp.accept_queue.overflows",] == 3


def test_half_open_connections_are_told_apart(machine, figures):
    machine.tcp(SYN_RECEIVED, 3000, 0)
    found = counts(figures(tcp.collect_host(Observer(machine.kernel).look())))
    assert (found["syn_received"], found["established"]) == (1, 0)


def test_where_the_table_cannot_be_read_the_totals_are_still_told(scene, figures):
    scene.ports_error = "Permission denied"
    found = figures(tcp.collect_host(scene))
    assert counts(found) == {"time_wait": 17}
    assert found["advisor.system.tcp.segments_sent",] == 7000


def test_a_sockstat_without_tcp_is_an_error_and_not_zero(machine, scene):
    machine.write("proc/self/net/sockstat", "sockets: used 3\n")
    with pytest.raises(ValueError, match="no TCP line"):
        list(tcp.collect_host(scene))


def test_on_this_machine_a_connection_that_its_client_left_is_in_close_wait(figures):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        with listener.accept()[0] as accepted:
            client.close()
            assert accepted.recv(1) == b""
            found = counts(figures(tcp.collect_host(Observer(Kernel()).look())))
    assert found["close_wait"] >= 1
    assert found["listen"] >= 1
