"""All charts, found by their place, with their skeletons built once."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from advisor.charts import figures
from advisor.charts.chart import Chart, Place
from advisor.charts.skeleton import figure


def _found() -> dict[str, Chart]:
    modules = (importlib.import_module(f"{figures.__name__}.{m.name}") for m in pkgutil.iter_modules(figures.__path__))
    charts: list[Chart] = [module.chart for module in modules]
    return {chart.id: chart for chart in sorted(charts, key=lambda chart: (chart.order, chart.id))}


CHARTS: Mapping[str, Chart] = _found()
"""Every chart by its id, in the order in which they stand on a page."""

SKELETONS: Mapping[str, dict[str, Any]] = {name: figure(chart) for name, chart in CHARTS.items()}
"""The figure of every chart, without numbers."""


def at(place: Place) -> list[Chart]:
    """The charts of one place, in order."""
    return [chart for chart in CHARTS.values() if chart.place is place]


def proof(rule: str) -> list[Chart]:
    """The charts that prove a rule's finding; of a rule that no chart names, the first two of the service page."""
    return [chart for chart in CHARTS.values() if rule in chart.proves] or at(Place.MAIN)[:2]
