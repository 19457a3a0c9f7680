"""People type faster than the search answers, and ask for props that are gone."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Half of the searches are left after 80 ms since another letter was typed, and a seventh of all requests asks "
        "for props that do not exist and gets 404: the loop is 3 % busy and p95 is 0.15 s as intended."
    ),
    services=(Service(script="stage_props.js", knobs={"think_ms": 100}),),
    phases=(
        Phase(
            1500,
            (
                Http(path="/search?q={r}", rate=14, aborts=0.5, patience=0.08),
                Http(path="/props/{r}", rate=4),
                Http(path="/props/9{r}99", rate=3),
            ),
        ),
    ),
    light=True,
)
