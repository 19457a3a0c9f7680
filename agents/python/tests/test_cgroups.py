from __future__ import annotations

import pytest

from advisor_agent.cgroups import CPU, MEMORY, folders, memory_limit, memory_usage, quota, throttling

MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
32 31 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
"""
GROUPS = "5:memory:/docker/abc/inner\n2:cpu,cpuacct:/docker/abc\n0::/\n"


@pytest.fixture
def hybrid(machine):
    """Version 1 for processors and memory, as a container sees it that mounts only its own part."""
    machine.write("proc/self/mountinfo", MOUNTS)
    return machine


def test_folders_from_the_own_one_upwards(machine):
    assert folders(machine.kernel, "0::/a.slice/b.service\n", CPU) == (
        "/sys/fs/cgroup/a.slice/b.service",
        "/sys/fs/cgroup/a.slice",
        "/sys/fs/cgroup",
    )


def test_each_controller_of_version_1_has_its_own_folders(hybrid):
    assert folders(hybrid.kernel, GROUPS, CPU) == ("/sys/fs/cgroup/cpu",)
    assert folders(hybrid.kernel, GROUPS, MEMORY) == ("/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory")


def test_a_path_out_of_the_mounted_tree_ends_at_its_root(machine):
    assert folders(machine.kernel, "0::/../../other\n", CPU)[-1] == "/sys/fs/cgroup"


def test_version_1_counts_in_nanoseconds_and_version_2_in_microseconds(machine):
    machine.write("v1/cpu.stat", "nr_periods 21\nnr_throttled 20\nthrottled_time 1458000000\n")
    machine.write("v2/cpu.stat", "nr_periods 21\nnr_throttled 20\nthrottled_usec 1458000\n")
    assert [throttling(machine.kernel, folder).time for folder in ("v1", "v2")] == [1.458, 1.458]


def test_a_group_without_a_quota_has_no_periods(machine):
    machine.write("v2/cpu.stat", "usage_usec 5\n")
    assert throttling(machine.kernel, "v2") is None


@pytest.mark.parametrize(
    "files",
    [{"cpu.max": "max 100000\n"}, {"cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n"}, {"cgroup.procs": ""}],
    ids=["version 2", "version 1", "root"],
)
def test_no_quota(machine, files):
    for name, text in files.items():
        machine.write(f"group/{name}", text)
    assert quota(machine.kernel, "group") == 0


def test_the_unlimited_memory_of_version_1_is_no_limit(machine):
    machine.write("v1/memory.limit_in_bytes", "9223372036854771712\n")
    machine.write("limited/memory.limit_in_bytes", "1000000\n")
    assert [memory_limit(machine.kernel, folder) for folder in ("v1", "limited")] == [0, 1_000_000]


def test_cache_that_can_be_given_back_is_not_in_use(machine):
    machine.write("v1/memory.usage_in_bytes", "9000\n")
    machine.write("v1/memory.stat", "inactive_file 1\ntotal_inactive_file 4000\n")
    machine.write("v2/memory.current", "9000\n")
    machine.write("v2/memory.stat", "inactive_file 5000\n")
    assert [memory_usage(machine.kernel, folder) for folder in ("v1", "v2")] == [5000, 4000]
