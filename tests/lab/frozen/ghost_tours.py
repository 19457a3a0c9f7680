"""The office of ghost tours has a long report made now and then, beside quick queries of visitors."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The office's report keeps one session of PostgreSQL and one core busy for 2.4 s in 25, and nothing waits "
        "for it: visitors' queries take 2 ms at the median and 6 at p99, eight connections are more than enough, "
        "and the loop is 3 % busy."
    ),
    services=(Service(script="ghost_tours.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(Phase(2400, (Http(path="/tours/{r}", rate=14), Http(path="/tours/{r}", method="POST", body=80, rate=3))),),
)
