from __future__ import annotations

import psutil
import pytest

from advisor_agent.portable.collectors import process_ports

_CONNECTIONS, _LISTENING = ("advisor.process.connection.count",), ("advisor.process.listening_port.count",)


def test_a_worker_with_two_connections(macos, look, process, figures):
    scene = look(macos)
    found = figures(process_ports.collect_process(scene, process(scene, 702)))
    assert found == {_CONNECTIONS: 2, _LISTENING: 1}


def test_none_is_a_figure(windows, look, process, figures):
    scene = look(windows)
    found = figures(process_ports.collect_process(scene, process(scene, 5200)))
    assert found == {_CONNECTIONS: 0, _LISTENING: 0}


def test_hidden_is_none_of_them(macos, look, process):
    macos.errors["net_connections"] = psutil.AccessDenied(1)
    macos.errors["Process.net_connections"] = psutil.AccessDenied(701)
    scene = look(macos)
    with pytest.raises(PermissionError):
        list(process_ports.collect_process(scene, process(scene, 701)))


def test_a_table_that_cannot_be_read_is_no_empty_one(elsewhere, look):
    elsewhere.errors["net_connections"] = RuntimeError("GetExtendedTcpTable failed")
    scene = look(elsewhere)
    with pytest.raises(RuntimeError, match="GetExtendedTcpTable failed"):
        list(process_ports.collect_process(scene, scene.processes[0]))
