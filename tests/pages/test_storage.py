from __future__ import annotations

from advisor.features.window import HostWindow, PartWindow
from advisor.pages.storage import disk_rows, filesystem_rows, interface_rows
from advisor.vocabulary import PartKind
from tests.pages.windows import part, track


def machine(*parts: PartWindow) -> HostWindow:
    return HostWindow(1, "web-01", track(cpu_user=[1.0]), parts)


def disk(name: str, **columns: list[float]) -> PartWindow:
    return part(PartKind.DISK, name, **columns)


def test_the_fullest_filesystem_by_space_or_inodes_comes_first() -> None:
    found = filesystem_rows(
        machine(
            disk("/", used=[10, 40], capacity=[100, 100]),
            disk("/srv", used=[10, 20], capacity=[100, 100], inodes_used=[9, 9], inodes=[10, 10]),
            disk("sda", busy=[1, 1]),
        )
    )
    assert [(row.name, row.share, row.used, row.inodes) for row in found] == [
        ("/srv", 0.9, 20, 10),
        ("/", 0.4, 40, None),
    ]


def test_a_disk_with_the_time_that_each_operation_took() -> None:
    (busy, idle) = disk_rows(
        machine(
            disk("sdb", busy=[0, 0], count=[0, 0], duration=[0, 0]),
            disk("sda", busy=[4, 6], count=[100, 300], duration=[1, 3], received=[1e6, 1e6], sent=[0, 2e6]),
            disk("/", used=[1], capacity=[2]),
        )
    )
    assert (busy.name, busy.busy, busy.operations, busy.wait) == ("sda", 0.5, 20, 0.01)
    assert (busy.read, busy.written) == (1e5, 1e5)
    assert (idle.name, idle.wait) == ("sdb", None), "no operation took no time"


def test_the_interface_that_carries_most_comes_first() -> None:
    found = interface_rows(
        machine(
            part(PartKind.INTERFACE, "lo", received=[10.0], sent=[10.0]),
            part(PartKind.INTERFACE, "eth0", received=[1000.0], sent=[20.0], errors=[5.0]),
        )
    )
    assert [(row.name, row.received, row.sent, row.errors) for row in found] == [
        ("eth0", 100, 2, 0.5),
        ("lo", 1, 1, None),
    ]


def test_nothing_of_the_kind_gives_no_rows() -> None:
    assert (filesystem_rows(machine()), disk_rows(machine()), interface_rows(machine())) == ([], [], [])
