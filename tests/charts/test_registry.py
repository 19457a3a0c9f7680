from __future__ import annotations

import hashlib
import pkgutil
from pathlib import Path

import plotly.offline
import pytest
from django.conf import settings

from advisor.charts import figures, registry
from advisor.charts.chart import Place
from advisor.engine.registry import RULES
from advisor.store.lines import HOST_LINES, PROCESS_LINES
from advisor.store.machine_lines import MACHINE_LINES, PART_LINES, SPACE_LINES

VENDOR = Path(settings.BASE_DIR, "static/vendor")
OF_SERVICE = {*PROCESS_LINES, *HOST_LINES, *SPACE_LINES, "p50", "p95", "p99", "loop_grid"}
OF_HOST = {*MACHINE_LINES, *(name for lines in PART_LINES.values() for name in lines)}


def test_a_file_is_enough_to_be_a_chart() -> None:
    assert set(registry.CHARTS) == {module.name for module in pkgutil.iter_modules(figures.__path__)}


@pytest.mark.parametrize("name", registry.CHARTS)
def test_a_chart_draws_what_the_store_knows(name: str) -> None:
    chart = registry.CHARTS[name]
    known = OF_HOST if chart.place is Place.HOST else OF_SERVICE
    assert {series.key for series in chart.series} <= known
    assert chart.top_key in {"", *known}
    assert chart.title[0].isupper()
    assert not chart.title.endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_proof(rule: str) -> None:
    proof = registry.proof(rule)
    assert proof
    assert all(rule in chart.proves for chart in proof)


def test_a_disk_that_fills_is_proved_by_the_disk_and_not_by_what_the_service_writes() -> None:
    assert [chart.id for chart in registry.proof("disk-filling")] == ["disk_space"]


def test_an_unknown_rule_is_shown_with_the_main_charts() -> None:
    assert registry.proof("a-rule-of-tomorrow") == registry.at(Place.MAIN)[:2]


def test_the_script_in_the_page_has_the_version_that_the_figures_are_made_for() -> None:
    head = (VENDOR / "plotly-cartesian.min.js").read_text()[:400]
    assert f"v{plotly.offline.get_plotlyjs_version()}" in head


def test_vendored_files_are_what_was_vendored() -> None:
    for line in (VENDOR / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
