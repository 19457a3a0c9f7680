"""The closed lists of words that the product speaks in."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a rule says of a service now."""

    CLEAR = "clear"
    PENDING = "pending"
    FIRING = "firing"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How soon somebody should act."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place in the order of urgency, 0 for what may wait longest."""
        return list(Severity).index(self)


class Family(StrEnum):
    """The kind of way out that a strategy belongs to."""

    CLONING = "cloning"
    DECOMPOSITION = "decomposition"
    SHARDING = "sharding"
    VERTICAL = "vertical"
    OFFLOADING = "offloading"
    TUNING = "tuning"
    REPAIR = "repair"
    SHRINK = "shrink"


class Progress(StrEnum):
    """Where a recommendation stands. Content freezes from `ACKNOWLEDGED` on."""

    FORMING = "forming"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    APPLIED = "applied"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    DID_NOT_HELP = "did-not-help"
    RESOLVED = "resolved"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"


class Health(StrEnum):
    """How a service is, in the order of urgency."""

    ACT = "act"
    WATCH = "watch"
    NO_VERDICT = "no-verdict"
    SHRINK = "shrink"
    HEALTHY = "healthy"
    NO_DATA = "no-data"


class Stand(StrEnum):
    """What a look at a service comes to, all rules together."""

    TROUBLE = "trouble"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"
    INSUFFICIENT = "insufficient"


class Role(StrEnum):
    """What a process is in its cluster (`advisor.cluster.role`); nothing where its sender does not tell."""

    SINGLE = "single"
    PRIMARY = "primary"
    WORKER = "worker"
