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
