"""Beside the server of a quarry's scans its day is packed, with both cores, for a minute, twice."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

FLOWS = (Http(path="/heights/{r}", rate=14), Http(path="/faces", rate=3))
PACKING = {"packer": {"share": 1}}
RESTING = {"packer": {"share": 0}}

case = Case(
    label=SILENT,
    reason=(
        "What packs the day's scans takes both cores for one minute, twice in 25, and then rests: requests take 4 "
        "ms instead of 2 at p95 meanwhile, none is lost, the service itself never takes more than 3 % of a core, "
        "and nobody scales for two such minutes."
    ),
    services=(
        Service(script="quarry_scans.js", telemetry="agent"),
        Service(script="burner.js", name="packer", knobs={"threads": 2, "share": 0}),
    ),
    phases=(
        Phase(420, FLOWS),
        Phase(60, FLOWS, others=PACKING),
        Phase(540, FLOWS, others=RESTING),
        Phase(60, FLOWS, others=PACKING),
        Phase(420, FLOWS, others=RESTING),
    ),
)
