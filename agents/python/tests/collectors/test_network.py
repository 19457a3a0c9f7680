from __future__ import annotations

import shutil

from advisor_agent.collectors import network


def test_only_hardware_is_counted_and_a_name_may_touch_its_figures(scene, figures):
    assert figures(network.collect_host(scene)) == {
        ("system.network.io", "receive", "eth0"): 10_000,
        ("system.network.io", "transmit", "eth0"): 5000,
        ("system.network.errors", "receive", "eth0"): 2,
        ("system.network.errors", "transmit", "eth0"): 1,
    }


def test_a_container_without_hardware_counts_all_but_loopback(machine, scene, figures):
    shutil.rmtree(machine.root / "sys/class/net")
    assert {key[2] for key in figures(network.collect_host(scene))} == {"eth0", "docker0"}


def test_an_interface_that_comes_is_seen(machine, scene):
    list(network.collect_host(scene))
    machine.link("sys/class/net/eth1", "../../devices/pci0000:00/0000:00:04.0/net/eth1")
    text = (machine.root / "proc/self/net/dev").read_text()
    machine.write("proc/self/net/dev", text + "  eth1: 7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n")
    names = {dict(sample.attributes)["network.interface.name"] for sample in network.collect_host(scene)}
    assert names == {"eth0", "eth1"}
