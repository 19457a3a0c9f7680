from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from advisor.charts.chart import Chart, Kind
from advisor.charts.registry import CHARTS, SKELETONS
from advisor.engine.registry import RULES

TOKENS = set(re.findall(r"(--[\w-]+):", Path(settings.BASE_DIR, "static/css/tokens.css").read_text()))
ALL = pytest.mark.parametrize("chart", list(CHARTS.values()), ids=list(CHARTS))


@ALL
def test_a_skeleton_is_plain_json_without_numbers(chart: Chart) -> None:
    skeleton = json.loads(json.dumps(SKELETONS[chart.id], allow_nan=False))
    assert skeleton["data"]
    for trace in skeleton["data"]:
        assert not {"x", "y", "z"} & set(trace)
        assert trace["meta"]


@ALL
def test_every_colour_is_a_token_that_exists(chart: Chart) -> None:
    text = json.dumps(SKELETONS[chart.id])
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= TOKENS
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", text)


@ALL
def test_there_is_no_legend_and_at_most_three_lines(chart: Chart) -> None:
    skeleton = SKELETONS[chart.id]
    assert skeleton["layout"]["showlegend"] is False
    assert len(skeleton["data"]) <= 3


@ALL
def test_gaps_stay_gaps_and_the_value_axis_starts_at_zero(chart: Chart) -> None:
    skeleton = SKELETONS[chart.id]
    if chart.kind is Kind.LINES:
        assert all(trace["connectgaps"] is False for trace in skeleton["data"])
        assert skeleton["layout"]["yaxis"]["rangemode"] == "tozero"


def test_a_limit_has_a_band_a_line_and_its_words() -> None:
    layout = SKELETONS["loop_busy"]["layout"]
    assert [shape["type"] for shape in layout["shapes"]] == ["rect", "line"]
    assert [words["text"] for words in layout["annotations"]] == ["Limit 80%"]
    assert layout["shapes"][0]["y0"] == layout["shapes"][1]["y0"] == RULES["event-loop-saturated"].busy


def test_shares_end_at_the_whole() -> None:
    assert SKELETONS["loop_busy"]["layout"]["yaxis"]["range"][1] == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize(
    ("chart", "column"),
    [
        ("memory", {"factor": 1e-6, "unit": "MB"}),
        ("response_time", {"factor": 1e3, "unit": "ms"}),
        ("loop_busy", {"factor": 100, "unit": "%"}),
        ("requests", {"factor": 1, "unit": ""}),
        ("machine_network", {"factor": 1e-6, "unit": "MB/s"}),
    ],
)
def test_a_table_names_the_unit_of_its_columns(chart: str, column: dict[str, object]) -> None:
    assert SKELETONS[chart]["data"][0]["meta"]["column"] == column


def test_bytes_have_the_prefix_that_fits_them() -> None:
    axis = SKELETONS["machine_memory"]["layout"]["yaxis"]
    assert (axis["exponentformat"], axis["ticksuffix"]) == ("SI", "B")


def test_a_chart_that_hides_zeros_says_so_to_the_script() -> None:
    assert SKELETONS["worker_threads"]["hides_zero"]
    assert not SKELETONS["errors"]["hides_zero"]


def test_a_third_line_differs_in_more_than_its_colour() -> None:
    assert [trace["line"]["dash"] for trace in SKELETONS["heap"]["data"]] == ["solid", "solid", "dot"]
