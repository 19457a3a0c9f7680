from __future__ import annotations

import pytest

from advisor_agent.collectors import cgroup

OWN = "sys/fs/cgroup/system.slice/docker-abc.scope"


def effective(scene, figures):
    return figures(cgroup.collect_host(scene))["advisor.system.cpu.effective",]


def test_an_ancestors_quota_holds(scene, figures):
    assert effective(scene, figures) == 1.5


def test_the_tightest_quota_holds(machine, scene, figures):
    machine.write(f"{OWN}/cpu.max", "50000 100000\n")
    assert effective(scene, figures) == 0.5


def test_a_quota_of_the_agents_own_service_is_not_the_machines(machine, scene, figures):
    machine.write("proc/self/cgroup", "0::/system.slice/advisor-agent.service\n")
    machine.write("sys/fs/cgroup/system.slice/advisor-agent.service/cpu.max", "10000 100000\n")
    assert effective(scene, figures) == 1.5


def test_no_quota_leaves_the_affinity(machine, scene, figures):
    machine.write("sys/fs/cgroup/system.slice/cpu.max", "max 100000\n")
    machine.write("proc/self/status", "Cpus_allowed_list:\t0-3,8,10-11\n")
    assert effective(scene, figures) == 7


def test_periods_of_the_own_group(scene, figures):
    found = figures(cgroup.collect_host(scene))
    assert found["advisor.system.cgroup.cpu.periods",] == 100
    assert found["advisor.system.cgroup.cpu.throttled_periods",] == 5


@pytest.mark.parametrize(
    ("paths", "mounts"),
    [
        pytest.param(
            "4:memory:/x\n2:cpu,cpuacct:/docker/abc\n0::/\n",
            "31 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
            "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
            id="container that mounts only its own part",
        ),
        pytest.param(
            "1:cpu:/\n",
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
            id="root group",
        ),
    ],
)
def test_version_1(machine, scene, figures, paths, mounts):
    machine.write("proc/self/cgroup", paths)
    machine.write("proc/self/mountinfo", mounts)
    machine.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "25000\n")
    machine.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    assert effective(scene, figures) == 0.25


def test_version_1_without_a_quota(machine, scene, figures):
    machine.write("proc/self/cgroup", "1:cpu:/\n")
    machine.write("proc/self/mountinfo", "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n")
    machine.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
    machine.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    assert effective(scene, figures) == 2
