from __future__ import annotations

from advisor_agent.collectors import disk


def test_bytes_operations_and_their_time_of_the_real_disk_only(scene, figures):
    assert figures(disk.collect_host(scene)) == {
        ("system.disk.io", "read", "nvme0n1"): 8000 * 512,
        ("system.disk.io", "write", "nvme0n1"): 16_000 * 512,
        ("system.disk.operations", "read", "nvme0n1"): 1000,
        ("system.disk.operations", "write", "nvme0n1"): 2000,
        ("system.disk.operation_time", "read", "nvme0n1"): 0.5,
        ("system.disk.operation_time", "write", "nvme0n1"): 0.9,
        ("system.disk.io_time", "nvme0n1"): 0.7,
    }


def test_multipath_nvme_is_a_real_disk(machine, scene):
    machine.link("sys/block/nvme0n1", "../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1")
    machine.link("sys/block/vdx", "../devices/virtual/block/vdx")
    assert {dict(sample.attributes)["system.device"] for sample in disk.collect_host(scene)} == {"nvme0n1"}


def test_where_no_hardware_shows_what_is_not_plainly_made_up_counts(machine, scene):
    machine.link("sys/block/nvme0n1", "../devices/virtual/block/nvme0n1")
    assert {dict(sample.attributes)["system.device"] for sample in disk.collect_host(scene)} == {"nvme0n1"}


def test_a_disk_that_comes_is_seen(machine, scene):
    list(disk.collect_host(scene))
    machine.link("sys/block/sda", "../devices/pci0000:00/ata1/sda")
    machine.write("proc/diskstats", "8 0 sda 1 0 2 3 4 0 5 6 0 7 8\n")
    assert {dict(sample.attributes)["system.device"] for sample in disk.collect_host(scene)} == {"sda"}
