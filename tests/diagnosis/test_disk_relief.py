"""What frees a disk: old rows where a datastore of its machine is most of what is used, logs and uploads otherwise."""

from __future__ import annotations

import math
from functools import partial

import pytest

from advisor.diagnosis import Evidence
from advisor.engine import RULES
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_part
from tests.answers import expected
from tests.builders import snapshot
from tests.strategies.tools import shell

offered = partial(rulings.offered, "relieve-host")


def _stored(data: float, used: float = 45e9, name: str = "postgresql 127.0.0.1 5432 shop") -> Snapshot:
    """A disk of 50 GB beside a database."""
    disk = with_part(snapshot(), PartKind.DISK, "/data", used=used, capacity=50e9)
    return with_part(disk, PartKind.DATASTORE, name, size=data)


def test_a_disk_that_a_database_fills_is_freed_of_its_old_rows() -> None:
    found = offered("disk-filling", _stored(38e9))
    assert found.title == (
        "Archive or partition the data of postgresql 127.0.0.1 5432, 38 GB, probably on /data on web-1"
    )
    assert found.why.startswith("They would be 84% of the 45 GB that are used there; 90% of 50 GB are used. ")
    assert expected(found, "disk").now == 0.9
    assert any("PARTITION BY RANGE (created_at)" in step.code for step in found.steps)
    assert not any("logrotate" in step.platform for step in found.steps)
    assert "SHOW data_directory" in found.check_first
    assert shell.read(found.steps)


def test_all_databases_of_a_server_fill_the_disk_together() -> None:
    both = with_part(_stored(20e9), PartKind.DATASTORE, "postgresql 127.0.0.1 5432 audit", size=16e9)
    assert "5432, 36 GB, probably on /data" in offered("disk-filling", both).title
    assert "80% of the 45 GB" in offered("disk-filling", both).why


@pytest.mark.parametrize("seen", [
    _stored(22e9), _stored(46e9), _stored(38e9, name="postgresql 10.0.0.5 5432 shop"), _stored(math.nan),
    with_part(_stored(38e9), PartKind.DISK, "/var/lib/postgresql", used=40e9, capacity=400e9),
], ids=["less than half", "more than is used", "elsewhere", "not told", "another disk fits better"])  # fmt: skip
def test_logs_come_first_where_no_datastore_is_most_of_a_disk(seen: Snapshot) -> None:
    named = Evidence("free", "Free bytes", 0.1, "1", 0.4, "below", True, "/data on web-1")
    assert offered("disk-filling", seen, named).title == "Rotate logs and move uploads off /data on web-1"


def test_the_bigger_volume_comes_next_where_data_fill_the_disk() -> None:
    others = [name for name in RULES["disk-filling"].suggests if name not in ("relieve-host", "vertical")]
    assert RULES["disk-filling"].suggests[0] == "relieve-host"
    assert rulings.offered("vertical", "disk-filling", _stored(38e9)).title == "Grow /data on web-1 to 80 GB"
    assert all(rulings.refused(name, "disk-filling", _stored(38e9)) for name in others)
