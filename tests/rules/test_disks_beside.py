"""disk-filling with several filesystems: the one that ends first speaks, not the one that has least left for months."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.features import ServiceWindow, Snapshot
from advisor.vocabulary import Severity
from tests.additions import with_recalled
from tests.rules.test_disk_filling import Course, disk, grows, read

RULE = "disk-filling"


def both(first: Course, second: Course) -> Snapshot:
    """A host with these two filesystems, / and /data."""
    seen, other = disk(first), disk(second)

    def joined(own: ServiceWindow, more: ServiceWindow) -> ServiceWindow:
        data = replace(more.hosts[0].parts[0], name="/data")
        return replace(own, hosts=(replace(own.hosts[0], parts=(*own.hosts[0].parts, data)),))

    past = joined(seen.window.recalled[RULE], other.window.recalled[RULE])
    return with_recalled(replace(seen, window=joined(seen.window, other.window)), RULE, past)


def test_what_is_full_in_hours_speaks_before_what_has_been_nearly_full_for_months() -> None:
    found = read(both(grows(91.5, 0), grows(84, 5)))
    assert found.severity is Severity.CRITICAL
    assert "of /data on web-1 is free, and at 5 GB an hour nothing in 3" in found.claim


@pytest.mark.parametrize("course", [grows(45, 0.5), grows(60, 0), grows(90.5, 0)])
def test_the_fullest_speaks_where_none_ends_soon(course: Course) -> None:
    found = read(both(grows(91.5, 0), course))
    assert found.severity is Severity.WARNING
    assert "of / on web-1" in found.claim
