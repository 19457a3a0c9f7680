"""Charts of the sky that are kept, on the first night of a new release."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The charts that are kept grow for 50 minutes of the model, up to 1,500 of them, and then the heap stays "
        "near 80 of 256 MB to the end, with every chart answered in a few milliseconds."
    ),
    services=(Service(script="star_charts.js", node=("--max-old-space-size=256",)),),
    phases=(Phase(7800, (Http(path="/charts/{n}", rate=5),)),),
    light=True,
)
