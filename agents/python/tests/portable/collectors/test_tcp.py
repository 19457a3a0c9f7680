from __future__ import annotations

import psutil
import pytest

from advisor_agent.portable.collectors import tcp


def test_connections_by_state(windows, look, figures):
    found = figures(tcp.collect_host(look(windows)))
    assert {key[1]: count for key, count in found.items()} == {
        "established": 2,
        "syn_received": 0,
        "close_wait": 0,
        "listen": 2,
        "time_wait": 1,
    }


def test_macos_counts_for_root_alone(macos, look, figures):
    found = figures(tcp.collect_host(look(macos)))
    assert found[("system.network.connection.count", "close_wait", "tcp")] == 1
    macos.errors["net_connections"] = psutil.AccessDenied(1)
    with pytest.raises(PermissionError):
        list(tcp.collect_host(look(macos)))


def test_a_table_that_cannot_be_read_is_no_empty_one(elsewhere, look):
    elsewhere.errors["net_connections"] = OSError(5, "Input/output error")
    with pytest.raises(RuntimeError, match="Input/output error"):
        list(tcp.collect_host(look(elsewhere)))
