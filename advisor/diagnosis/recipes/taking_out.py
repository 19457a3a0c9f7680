"""One process taken out from behind NGINX: what tells why is kept first, then it drains and ends."""

from __future__ import annotations

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import nginx
from advisor.diagnosis.recipes.nginx import Site


def steps(site: Site, place: str, pid: int | None) -> tuple[Step, ...]:
    """From the first look to its successor; `site` names its server as the one that drains, `place` is its machine."""
    (server,) = site.draining
    return (
        Step(f"Keep what tells why, on {place}: its threads and what they wait for.", "", "shell",
             f"top -H -b -n 1 -p {pid} | head -20\nhead -1 /proc/{pid}/status /proc/{pid}/wchan"),
        *nginx.steps(site, f"Drain it: `down` keeps new requests away from {server} and lets open ones finish."),
        Step("Then end it; its supervisor starts a new one. If it does not end within 30 seconds it is stuck, and only "
             "SIGKILL helps.", "", "shell", f"kill -TERM {pid}"),
        Step("Let it serve again without `down`."),
    )  # fmt: skip
