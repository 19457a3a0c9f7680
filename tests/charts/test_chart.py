from __future__ import annotations

import pytest

from advisor.charts.chart import Chart, Series


@pytest.mark.parametrize(("unit", "factor", "tick"), [("s", 1000, " ms"), ("By", 1, "B"), ("1", 1, ""), ("{x}", 1, "")])
def test_units_of_the_store_become_units_of_the_screen(unit: str, factor: float, tick: str) -> None:
    chart = Chart("advisor.charts.figures.some_chart", title="T", series=(Series("a", "b"),), unit=unit)
    assert (chart.id, chart.factor, chart.tick) == ("some_chart", factor, tick)
