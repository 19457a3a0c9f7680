"""Builds a chart's Plotly figure without numbers: traces, axes, bands and labels.

Colours are names of CSS tokens (`var(--data)`): the page's script resolves them for the theme. A trace's
`meta` names the series that the script fills it with.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from advisor.charts.chart import Chart, Kind

_CLEAR = "rgba(0,0,0,0)"
_HUES = ("var(--data)", "var(--data-2)", "var(--ink-3)")
_DASHES = ("solid", "solid", "dot")
_HEAT = ((0.0, "var(--h0)"), (0.6, "var(--h1)"), (0.75, "var(--h2)"), (0.88, "var(--h3)"), (1.0, "var(--h4)"))
_SMALL = 11


def figure(chart: Chart) -> dict[str, Any]:
    """The skeleton as `{"data": [...], "layout": {...}, "mark": {...}, "label": {...}, "hides_zero": bool}`.

    `mark` (line and text of an event) and `label` (the name of a line) are patterns that the script copies.
    """
    build = {Kind.LINES: _lines, Kind.DOTS: _dots, Kind.HEAT: _heat}[chart.kind]
    built = go.Figure(build(chart), _layout(chart))
    plain: dict[str, Any] = built.to_plotly_json()
    plain["layout"].pop("template", None)
    rest = {"mark": _mark(), "label": _label(), "id": chart.id, "hides_zero": chart.hides_zero}
    return {"data": plain["data"], "layout": plain["layout"], **rest}


def _lines(chart: Chart) -> list[Any]:
    shown = {"1": ".1%", "s": ",.4~r", "By": ".3~s"}.get(chart.unit, ",.3~f")
    return [
        go.Scatter(
            name=series.name,
            mode="lines",
            connectgaps=False,
            line={"color": _HUES[index], "width": 1.5 if index else 1.9, "dash": _DASHES[index]},
            hovertemplate=f"%{{y:{shown}}}{chart.tick}<extra>{series.name}</extra>",
            meta={"y": series.key, "factor": chart.factor, "column": _column(chart.unit, chart.says)},
        )
        for index, series in enumerate(chart.series)
    ]


def _column(unit: str, says: str = "") -> dict[str, Any]:
    """What a column of the table multiplies the store's unit by, and the unit that its head names."""
    factor, shown = {"s": (1e3, "ms"), "By": (1e-6, "MB"), "1": (100.0, "%")}.get(unit, (1.0, ""))
    return {"factor": factor, "unit": f"{shown}/s" if shown and says.endswith("per second") else shown}


def _dots(chart: Chart) -> list[Any]:
    across, up = chart.series
    return [
        go.Scatter(
            mode="markers",
            marker={"size": 4.5, "color": "var(--data-dots)", "line": {"width": 0}},
            hovertemplate=f"{across.name} %{{x:.0f}}%, {up.name} %{{y:,.0f}} ms<extra></extra>",
            meta={
                "x": across.key,
                "y": up.key,
                "x_factor": 100.0,
                "factor": 1e3,
                "x_column": _column("1"),
                "column": _column("s"),
            },
        )
    ]


def _heat(chart: Chart) -> list[Any]:
    # xgap and ygap also keep Plotly from setting a style attribute, which the policy would report.
    return [
        go.Heatmap(
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=3,
            showscale=False,
            colorscale=[list(stop) for stop in _HEAT],
            hovertemplate="%{y} at %{x|%H:%M:%S}: %{z:.0%} busy<extra></extra>",
            meta={"grid": True, "column": _column("1")},
        )
    ]


def _layout(chart: Chart) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "template": "none",
        "margin": {"l": 44 + 3 * len(chart.tick), "r": 10, "t": 18, "b": 24},
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": "zoom",
        "font": {"size": _SMALL, "color": "var(--ink-3)"},
        "hoverlabel": {
            "bgcolor": "var(--surface)",
            "bordercolor": "var(--line-strong)",
            "font": {"color": "var(--ink)", "size": 12},
        },
        "xaxis": _axis() | {"type": "date", "tickformatstops": _clock_ticks(), "hoverformat": "%d %b %H:%M:%S"},
        "yaxis": _values(chart),
        "shapes": _band(chart),
        "annotations": _band_words(chart),
    }
    if chart.kind is Kind.DOTS:
        layout |= {"hovermode": "closest", "margin": {"l": 54, "r": 10, "t": 8, "b": 36}, "xaxis": _share(chart)}
    if chart.kind is Kind.HEAT:
        layout |= {"hovermode": "closest", "margin": {"l": 120, "r": 10, "t": 16, "b": 24}, "yaxis": _names()}
    return layout


def _axis() -> dict[str, Any]:
    return {
        "showgrid": False,
        "zeroline": False,
        "linecolor": "var(--line)",
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": "var(--line)",
        "nticks": 7,
    }


def _clock_ticks() -> list[dict[str, Any]]:
    """Seconds only where minutes would repeat, days where hours would."""
    minute, day = 60_000, 86_400_000
    return [
        {"dtickrange": [None, minute - 1], "value": "%H:%M:%S"},
        {"dtickrange": [minute, day - 1], "value": "%H:%M"},
        {"dtickrange": [day, None], "value": "%d %b"},
    ]


def _values(chart: Chart) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "gridcolor": "var(--line)",
        "zeroline": False,
        "nticks": 5,
        "rangemode": "tozero",
        "fixedrange": True,
        "separatethousands": True,
        "ticksuffix": chart.tick,
    }
    if chart.unit == "By":
        axis |= {"exponentformat": "SI"}
    if chart.unit == "1":
        axis |= {"tickformat": "~p"}
    if chart.top is not None:
        axis |= {"range": [0, chart.top * 1.005], "nticks": None, "dtick": chart.top / 4}
    return axis


def _share(chart: Chart) -> dict[str, Any]:
    title = {"text": chart.series[0].name.capitalize(), "standoff": 6, "font": {"size": _SMALL}}
    return _axis() | {"ticksuffix": "%", "range": [0, 101], "title": title}


def _names() -> dict[str, Any]:
    return {
        "showgrid": False,
        "autorange": "reversed",
        "fixedrange": True,
        "ticks": "",
        "type": "category",
        "tickfont": {"color": "var(--ink-2)"},
    }


def _band(chart: Chart) -> list[dict[str, Any]]:
    """The tinted ground above the limit; of dots, beyond it."""
    if chart.limit is None:
        return []
    band = {"type": "rect", "fillcolor": "var(--act-band)", "line": {"width": 0}, "layer": "below"}
    if chart.kind is Kind.DOTS:
        return [band | {"yref": "paper", "x0": chart.limit.value, "x1": 101, "y0": 0, "y1": 1}]
    end = chart.top or chart.limit.value * 10
    edge = {"color": "var(--act)", "width": 1, "dash": "dot"}
    return [
        band | {"xref": "paper", "x0": 0, "x1": 1, "y0": chart.limit.value, "y1": end},
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chart.limit.value, "y1": chart.limit.value}
        | {"line": edge},
    ]


def _band_words(chart: Chart) -> list[dict[str, Any]]:
    if chart.limit is None:
        return []
    words = {"text": chart.limit.words, "showarrow": False, "font": {"size": _SMALL, "color": "var(--act)"}}
    if chart.kind is Kind.DOTS:
        return [words | {"x": chart.limit.value - 1, "yref": "paper", "y": 0.8, "xanchor": "right", "align": "right"}]
    # Below its line: what breaks the limit is drawn above it.
    return [words | {"xref": "paper", "x": 0, "xanchor": "left", "y": chart.limit.value, "yanchor": "top"}]


def _mark() -> dict[str, Any]:
    """An event: a thin vertical line, its words above the plot."""
    line = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": {"color": "var(--ink-3)", "width": 1}}
    words = {"yref": "paper", "y": 1.0, "yanchor": "bottom", "xanchor": "right", "showarrow": False}
    return {"shape": line, "annotation": words | {"font": {"size": _SMALL, "color": "var(--ink-2)"}}}


def _label() -> dict[str, Any]:
    """The name of a line: there is no legend."""
    return {"showarrow": False, "xanchor": "left", "yanchor": "bottom", "font": {"size": _SMALL}}
