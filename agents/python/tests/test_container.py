from __future__ import annotations

import pytest

from advisor_agent.container import container_of

ID = "3f2a9c0b1d2e" + "4d" * 26
SANDBOX = "77aa" * 16
POD = "b51c7c40-0a6f-4cd3-9d5f-1f0c7e2a8b11"
STATIC_POD = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
UNIT = POD.replace("-", "_")

GROUPS = {
    "docker, version 1": (f"12:pids:/docker/{ID}\n1:name=systemd:/docker/{ID}\n", ""),
    "docker, version 2": (f"0::/system.slice/docker-{ID}.scope\n", ""),
    "docker, rootless": (f"0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-{ID}.scope\n", ""),
    "docker with systemd inside": (f"0::/system.slice/docker-{ID}.scope/system.slice/shop.service\n", ""),
    "docker, seen from a container": (f"0::/../docker-{ID}.scope\n", ""),
    "docker in docker": (f"5:cpu:/docker/{SANDBOX}/docker/{ID}\n", ""),
    "podman": (f"0::/machine.slice/libpod-{ID}.scope/container\n", ""),
    "podman, version 1": (f"9:memory:/libpod_parent/libpod-{ID}\n", ""),
    "containerd by systemd": (
        f"0::/kubepods.slice/kubepods-pod{UNIT}.slice/cri-containerd-{ID}.scope\n",
        POD,
    ),
    "containerd by systemd, version 1": (
        f"3:cpu:/system.slice/containerd.service/kubepods-burstable-pod{UNIT}.slice:cri-containerd:{ID}\n",
        POD,
    ),
    "containerd by itself": (f"0::/kubepods/besteffort/pod{POD}/{ID}\n", POD),
    "cri-o": (f"0::/kubepods.slice/x.slice/kubepods-besteffort-pod{UNIT}.slice/crio-{ID}.scope\n", POD),
    "a pod from a file": (f"11:cpuset:/kubepods/burstable/pod{STATIC_POD}/{ID}\n", STATIC_POD),
    "kind, a cluster in docker": (f"0::/docker/{SANDBOX}/kubelet/kubepods/burstable/pod{POD}/{ID}\n", POD),
    "ecs": (f"9:perf_event:/ecs/{STATIC_POD}/{ID}\n", ""),
}  # fmt: skip

FARGATE = f"{STATIC_POD}-2531612879"

HIDDEN = "0::/\n"
"""What a process in a cgroup namespace of its own shows to its like."""

MOUNT = "612 590 254:1 {root} {point} rw,relatime - ext4 /dev/sda1 rw\n"
ROOT = "590 411 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/AB\n"


def mounts(**roots):
    places = {"containerenv": "/run/.containerenv", "log": "/dev/termination-log"}
    lines = (MOUNT.format(root=root, point=places.get(name, f"/etc/{name}")) for name, root in roots.items())
    return ROOT + "".join(lines)


MOUNTS = {
    "docker": (mounts(hostname=f"/var/lib/docker/containers/{ID}/hostname"), ID, "", ""),
    "docker, only its resolver": (mounts(**{"resolv.conf": f"/docker/containers/{ID}/resolv.conf"}), ID, "", ""),
    "podman": (
        mounts(
            hostname=f"/run/containers/storage/overlay-containers/{SANDBOX}/userdata/hostname",
            containerenv=f"/run/containers/storage/overlay-containers/{ID}/userdata/.containerenv",
        ),
        *(ID, "", ""),
    ),
    "containerd, whose files are the sandbox's": (
        mounts(
            hostname=f"/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{SANDBOX}/hostname",
            hosts=f"/var/lib/kubelet/pods/{POD}/etc-hosts",
            log=f"/var/lib/kubelet/pods/{POD}/containers/web/9d1c2b3a",
        ),
        *("", POD, "web"),
    ),
    "a machine": (ROOT.replace("overlay", "ext4"), "", "", ""),
    "a machine that runs containers": (
        MOUNT.format(root="/", point=f"/var/lib/docker/overlay2/{ID}/merged")
        + MOUNT.format(root=f"/k/pods/{POD}/volumes/cert", point=f"/var/lib/kubelet/pods/{POD}/volume-subpaths/x"),
        *("", "", ""),
    ),
}


@pytest.mark.parametrize(("cgroup", "pod_uid"), GROUPS.values(), ids=GROUPS)
def test_the_path_of_the_control_group_tells(cgroup, pod_uid):
    found = container_of(cgroup, "", "")
    assert (found.id, found.pod_uid) == (ID, pod_uid)


@pytest.mark.parametrize(
    ("lent", "sandbox"),
    [
        (f"/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/{SANDBOX}/hostname", SANDBOX),
        (f"/run/containers/storage/overlay-containers/{SANDBOX}/userdata/hostname", SANDBOX),
        (f"/var/lib/docker/containers/{ID}/hostname", ""),
        ("/somewhere/hostname", ""),
    ],
)
def test_who_lends_the_host_name_is_told_apart_from_the_container(lent, sandbox):
    found = container_of(f"0::/kubepods/besteffort/pod{POD}/{ID}\n", mounts(hostname=lent), "")
    assert (found.id, found.sandbox) == (ID, sandbox)


def test_fargate_has_a_form_of_its_own():
    assert container_of(f"5:memory:/ecs/{STATIC_POD}/{FARGATE}\n", "", "").id == FARGATE


@pytest.mark.parametrize(("mountinfo", "id", "pod_uid", "name"), MOUNTS.values(), ids=MOUNTS)
def test_where_the_path_is_hidden_the_mounted_files_tell(mountinfo, id, pod_uid, name):
    found = container_of(HIDDEN, mountinfo, "")
    assert (found.id, found.pod_uid, found.name) == (id, pod_uid, name)


def test_the_path_weighs_more_than_the_files_which_a_shared_network_lends():
    lent = mounts(hostname=f"/var/lib/docker/containers/{SANDBOX}/hostname")
    assert container_of(f"0::/system.slice/docker-{ID}.scope\n", lent, "").id == ID


@pytest.mark.parametrize(
    "cgroup",
    [
        "0::/system.slice/checkout.service\n",
        "0::/user.slice/user-1000.slice/session-3.scope\n",
        f"4:memory:/jobs/{STATIC_POD}\n",
        f"0::/system.slice/podman-{STATIC_POD}.service\n",
        "0::/system.slice/docker.service\n",
        "",
    ],
)
def test_who_runs_in_no_container_gets_none(cgroup):
    assert container_of(cgroup, ROOT, "NSpid:\t4001\n").attributes() == {}


@pytest.mark.parametrize(
    ("status", "pid"),
    [("Name:\tnode\nNSpid:\t4001\t1\n", 1), ("NSpid:\t4001\t77\t12\n", 12), ("NSpid:\t4001\n", 0), ("", 0)],
)
def test_the_number_inside_is_the_innermost(status, pid):
    assert container_of("", "", status).virtual_pid == pid


@pytest.mark.parametrize("text", ["garbage", "1 2 3", "a b c d e f", ":::::", "NSpid:"])
def test_what_cannot_be_read_tells_nothing(text):
    assert container_of(text, text, text).attributes() == {}
