from __future__ import annotations

from advisor_agent.portable.collectors import filesystem

_USAGE, _LIMIT = "system.filesystem.usage", "system.filesystem.limit"


def test_on_macos_the_volumes_of_one_container_are_told_once_and_images_never(macos, look, figures):
    assert figures(filesystem.collect_host(look(macos))) == {
        (_LIMIT, "/"): 494384795648,
        (_USAGE, "/", "used"): 300000000000,
        (_LIMIT, "/Volumes/Data"): 1000000000000,
        (_USAGE, "/Volumes/Data", "used"): 250000000000,
    }


def test_on_windows_only_fixed_drives_are_asked(windows, look, figures):
    assert figures(filesystem.collect_host(look(windows))) == {
        (_LIMIT, "C:\\"): 511000000000,
        (_USAGE, "C:\\", "used"): 200000000000,
    }


def test_a_locked_drive_is_left_out(windows, look, figures):
    windows.errors["disk_usage"] = PermissionError(13, "This drive is locked by BitLocker")
    assert figures(filesystem.collect_host(look(windows))) == {}


def test_the_same_device_is_told_once(windows, look, figures):
    row = windows.readings["disk_partitions"][0]
    windows.readings["disk_partitions"].append({**row, "mountpoint": "C:\\mounted\\"})
    assert len(figures(filesystem.collect_host(look(windows)))) == 2
