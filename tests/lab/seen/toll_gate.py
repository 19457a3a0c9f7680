"""A ledger grows in memory for hours, is settled, and grows again."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Passes are kept until they are settled every six and a half hours, so the heap goes from 20 to 75 MB "
        "and back each time; the last four hours see only the way up, of the height that it always had."
    ),
    services=(Service(script="toll_gate.js", knobs={"settle_s": 430}),),
    phases=(Phase(86400, (Http(path="/passes", rate=10, method="POST", body=150), Http(path="/ledger", rate=1))),),
    stretched=5.4,
    live=14400,
    light=True,
)
