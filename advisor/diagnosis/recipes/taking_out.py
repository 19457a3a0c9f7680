"""One process taken out: what tells why is kept first, then it drains behind NGINX if it can, and ends."""

from __future__ import annotations

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.nginx import Site


def steps(site: Site | None, place: str, pid: int | None) -> tuple[Step, ...]:
    """From the first look to its successor.

    `site` names its server as the one that drains; None for a worker of a cluster, which has no address of its own.
    `place` is its machine.
    """
    return (
        Step(f"Keep what tells why, on {place}: its threads and what they wait for.", "", "shell",
             f"top -H -b -n 1 -p {pid} | head -20\nhead -1 /proc/{pid}/status /proc/{pid}/wchan"),
        *(_drained(site) if site else (_SHARED,)),
        Step("Then end it; its supervisor starts a new one. If it does not end within 30 seconds it is stuck, and only "
             "SIGKILL helps.", "", "shell", f"kill -TERM {pid}"),
        *((Step("Let it serve again without `down`."),) if site else ()),
    )  # fmt: skip


def _drained(site: Site) -> tuple[Step, ...]:
    (server,) = site.draining
    return nginx.steps(site, f"Drain it: `down` keeps new requests away from {server} and lets open ones finish.")


_SHARED = Step(
    "It shares the port of its cluster, so no balancer can pass it over alone. Once it stops accepting, the primary "
    "sends new connections to the others: let the code do that on SIGTERM, and finish what is open."
)
