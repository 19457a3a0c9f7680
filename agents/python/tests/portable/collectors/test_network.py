from __future__ import annotations

import pytest

from advisor_agent.portable.collectors import network


@pytest.mark.parametrize("name", ["en0", "Ethernet"])
def test_bytes_and_errors_of_hardware_alone(macos, windows, look, figures, name):
    machine = macos if name == "en0" else windows
    assert figures(network.collect_host(look(machine))) == {
        ("system.network.io", "receive", name): 40000000,
        ("system.network.io", "transmit", name): 5000000,
        ("system.network.errors", "receive", name): 2,
        ("system.network.errors", "transmit", name): 1,
    }


def test_where_nothing_looks_like_hardware_all_but_the_loopback_counts(macos, look, figures):
    del macos.readings["net_io_counters"]["en0"]
    assert {key[2] for key in figures(network.collect_host(look(macos)))} == {"utun3", "awdl0"}
