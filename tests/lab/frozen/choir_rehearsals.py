"""Bookings of rehearsal rooms are lost with each deploy, and booklets hold up the loop meanwhile."""

from tests.lab.case import Case, Http, Label, Phase, Service

USUAL = (Http(path="/bookings/{n}", method="POST", body=90, rate=12), Http(path="/rooms", rate=4))
BOOKLETS = (*USUAL, Http(path="/booklets/{r}", rate=0.3))

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=(
            "vertical",
            "scale-down",
            "fix-leak",
            "tune-heap",
            "raise-limit",
            "shard",
            "fix-crash",
        ),
        second=("event-loop-blocked",),
    ),
    reason=(
        "SIGTERM ends each copy at once, with a dozen bookings in hand that wait for the caretaker, so each of "
        "the two deploys loses some 25 of them; besides, each booklet, one in three seconds, holds up a loop that "
        "is 10 % busy for 0.46 s, and what is answered in 1 ms takes 0.14 s at p95 and 0.4 s at p99."
    ),
    services=(Service(script="choir_rehearsals.js", copies=2),),
    phases=(Phase(300, USUAL), Phase(600, BOOKLETS, deploys=1), Phase(600, BOOKLETS, deploys=1)),
    onset=300,
    light=True,
)
