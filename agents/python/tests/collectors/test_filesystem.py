from __future__ import annotations

from advisor_agent.collectors import filesystem


def test_root_and_each_local_device_once_and_inodes_where_they_are_limited(scene, figures):
    assert figures(filesystem.collect_host(scene)) == {
        ("system.filesystem.limit", "/"): 100_000_000_000,
        ("system.filesystem.usage", "/", "used"): 40_000_000_000,
        ("advisor.system.filesystem.inode.limit", "/"): 6400,
        ("advisor.system.filesystem.inode.count", "/"): 2400,
        ("system.filesystem.limit", "/var/lib/shop data"): 50_000_000_000,
        ("system.filesystem.usage", "/var/lib/shop data", "used"): 5_000_000_000,
    }


def test_one_that_cannot_be_asked_does_not_hide_the_others(scene, figures, monkeypatch):
    ask = scene.kernel.space

    def space(mountpoint):
        if mountpoint != "/":
            raise PermissionError(13, "Permission denied")
        return ask(mountpoint)

    monkeypatch.setattr(scene.kernel, "space", space)
    assert {key[1] for key in figures(filesystem.collect_host(scene))} == {"/"}


def mounted(scene, machine, *lines):
    machine.write("proc/mounts", "".join(f"{line} rw 0 0\n" for line in lines))
    return {attributes[0][1] for attributes in (sample.attributes for sample in filesystem.collect_host(scene))}


def test_memory_that_serves_as_a_disk_is_one_each_but_not_the_systems_own(scene, machine):
    found = mounted(
        scene,
        machine,
        "/dev/vda1 / ext4",
        *("tmpfs /tmp tmpfs", "tmpfs /srv/cache tmpfs", "tmpfs /run tmpfs", "tmpfs /run/user/1000 tmpfs"),
        *("tmpfs /dev/shm tmpfs", "tmpfs /sys/fs/cgroup tmpfs", "devtmpfs /dev devtmpfs", "proc /proc proc"),
    )
    assert found == {"/", "/tmp", "/srv/cache"}


def test_images_and_network_filesystems_are_left_alone(scene, machine):
    assert mounted(scene, machine, "overlay / overlay", "/dev/loop1 /snap/core squashfs", "files:/x /mnt nfs4") == {"/"}
