"""Parents' telephones wait for the school bus in long polls, which take seconds by design."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A request waits for the bus to reach its next stop, 6 s at the median and 14 at most, by design: some 85 "
        "are open at any time and cost a callback each, the loop is 2 % busy, and /stops comes in 1 ms."
    ),
    services=(Service(script="school_buses.js", telemetry="sdk"),),
    phases=(
        Phase(300, (Http(path="/buses/{r}/next", rate=3, timeout=40), Http(path="/stops", rate=3))),
        Phase(1200, (Http(path="/buses/{r}/next", rate=12, timeout=40), Http(path="/stops", rate=3))),
    ),
    light=True,
)
