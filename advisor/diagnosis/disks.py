"""Which filesystem a ruling about disks is about, and which of its resources: bytes or inodes."""

from __future__ import annotations

from advisor.diagnosis.finding import Ruling
from advisor.features import Snapshot
from advisor.features.filesystem import Filling, fillings


def label(one: Filling) -> str:
    """What the rule calls the share that is left of it."""
    return f"Free {one.what}"


def filling_of(snapshot: Snapshot, ruling: Ruling) -> Filling | None:
    """The one that the rule names, which need not be the fullest; the fullest where it names none that still reports.

    None where no host reports its filesystems.
    """
    told = {(e.subject, e.label) for e in ruling.reading.evidence if e.signal == "free"}
    found = fillings(snapshot, None)
    named = (one for one in found if (one.where, label(one)) in told)
    return next(named, max(found, key=lambda one: one.share, default=None))
