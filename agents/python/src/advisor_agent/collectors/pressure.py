"""Pressure stall information: share of the time in which some task waited (/proc/pressure).

The kernel's running total is used rather than its 10 s average, so that the share is that of the
very span of the export (Documentation/accounting/psi.rst).
"""

from __future__ import annotations

from advisor_agent.metric import SHARE, Metric, Samples
from advisor_agent.scene import Scene

_RESOURCES = ("cpu", "memory", "io")
METRICS = tuple(
    Metric(f"advisor.system.pressure.{name}", "1", SHARE, f"Share of time some task waited for {name}")
    for name in _RESOURCES
)
_MICROSECONDS = 1_000_000


def collect_host(scene: Scene) -> Samples:
    """Nothing where the kernel has no PSI: older than 4.20, or started with psi=0."""
    for metric, name in zip(METRICS, _RESOURCES):
        try:
            text = scene.kernel.read_again(f"proc/pressure/{name}")
        except OSError:
            continue
        total = text.splitlines()[0].rpartition("total=")[2]
        yield metric.at(int(total) / _MICROSECONDS)
