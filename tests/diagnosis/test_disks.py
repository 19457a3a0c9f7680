"""Which filesystem a ruling about disks is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from advisor.diagnosis.disks import filling_of
from advisor.features import HostWindow, PartWindow, ServiceWindow, Snapshot
from advisor.vocabulary import PartKind
from tests.additions import rows, with_part, with_recalled
from tests.answers import ruled
from tests.builders import NOW, snapshot
from tests.rulings import firing

RULE, DAYS = "disk-filling", 2.0


def _seen(**disks: dict[str, tuple[float, float]]) -> Snapshot:
    """Filesystems of 100 GB and a million inodes: mount -> resource -> share used now, and its growth an hour."""
    track = rows(DAYS * 86400, 900)
    hours = (track.times - NOW) / 3600
    seen, parts = snapshot(), []
    for mount, told in disks.items():
        used, files = (now + an_hour * hours for now, an_hour in (told["bytes"], told.get("inodes", (0.1, 0.0))))
        levels = {"used": used * 100e9, "capacity": np.full(hours.size, 100e9),
                  "inodes_used": files * 1e6, "inodes": np.full(hours.size, 1e6)}  # fmt: skip
        parts.append(PartWindow(PartKind.DISK, f"/{mount}", replace(track, values=levels)))
        seen = with_part(seen, PartKind.DISK, f"/{mount}", **{name: float(level[-1]) for name, level in levels.items()})
    host = HostWindow(1, "web-1", rows(60, 60), tuple(parts))
    return with_recalled(seen, RULE, ServiceWindow(1, "shop", NOW - DAYS * 86400, NOW, (), (host,)))


def test_it_is_the_one_that_comes_to_its_end_and_not_the_fullest() -> None:
    seen = _seen(root={"bytes": (0.85, 0.0)}, data={"bytes": (0.7, 0.1)})
    ruling = ruled(RULE, seen)
    found = filling_of(seen, ruling)
    assert "30% of /data on web-1 is free" in ruling.reading.claim
    assert found is not None
    assert (found.where, found.what, round(found.share, 6)) == ("/data on web-1", "bytes", 0.7)


def test_inodes_are_told_from_bytes() -> None:
    seen = _seen(root={"bytes": (0.85, 0.0)}, data={"bytes": (0.2, 0.0), "inodes": (0.95, 0.0)})
    found = filling_of(seen, ruled(RULE, seen))
    assert found is not None
    assert (found.where, found.what, found.size) == ("/data on web-1", "inodes", 1e6)


def test_the_fullest_speaks_where_the_rule_names_none() -> None:
    seen = _seen(root={"bytes": (0.85, 0.0)}, data={"bytes": (0.7, 0.1)})
    found = filling_of(seen, firing(RULE))
    assert found is not None
    assert found.where == "/root on web-1"


def test_without_filesystems_there_is_none() -> None:
    assert filling_of(snapshot(), firing(RULE)) is None
