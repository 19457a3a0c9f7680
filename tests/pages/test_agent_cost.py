from __future__ import annotations

from advisor.features.window import HostWindow
from advisor.pages.agent_cost import collector_rows
from advisor.vocabulary import PartKind
from tests.pages.windows import part, track


def test_what_fails_comes_first_then_the_dearest() -> None:
    parts = [
        part(PartKind.COLLECTOR, name, duration=[cost, cost], errors=[failed, 0.0])
        for name, cost, failed in (("cpu", 0.01, 0.0), ("process_ports", 0.02, 0.0), ("disk", 0.001, 2.0))
    ]
    other = part(PartKind.DISK, "/", used=[1.0])
    found = collector_rows(HostWindow(1, "web-01", track(cpu_user=[1.0]), (*parts, other)))
    assert [(row.name, row.cost, row.failures) for row in found] == [
        ("disk", 0.0001, 2),
        ("process ports", 0.002, 0),
        ("cpu", 0.001, 0),
    ]
