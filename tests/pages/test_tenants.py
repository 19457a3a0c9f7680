from __future__ import annotations

from dataclasses import replace

from advisor.pages.tenants import tenant_rows
from tests.pages.fleet import Cast
from tests.pages.windows import process, track


def test_the_process_that_uses_most_comes_first_with_its_service(cast: Cast) -> None:
    small, large = (
        replace(process(pid=pid, values=track(cpu_user=[cpu], cpu_system=[1.0], memory_rss=[5e7])), id=one.pk)
        for pid, cpu, one in zip((7, 8), (1.5, 6.5), cast.processes, strict=True)
    )
    found = tenant_rows([small, large])
    assert [(row.service, row.pid, row.cores, row.memory) for row in found] == [
        (cast.service, 8, 0.75, 5e7),
        (cast.service, 7, 0.25, 5e7),
    ]


def test_a_process_that_is_forgotten_since_is_left_out(cast: Cast) -> None:
    assert tenant_rows([replace(process(pid=7), id=9999)]) == []
