"""End processes in order, and replace them one by one

## When it fits
Requests fail or are cut off while processes are stopped: in a deploy, by an autoscaler, with a machine.

## When it does not
Nothing was lost at the last deploys. A version that goes on failing after it has started needs a repair, not a
better end.

## How
The process answers its readiness check with 503, serves on until load balancers have seen that, stops accepting,
finishes what is open, closes WebSockets and databases, and exits before its deadline. The supervisor replaces one
process after the other and waits until each new one is ready.

## What it costs
Some lines of code, and releases that take longer: each process needs up to {whole:.0f} s to end.

## How to verify
The next three deploys lose no more requests than other minutes do.

## References
- [Node.js: server.close](https://nodejs.org/api/http.html#serverclosecallback)
- [Kubernetes: container lifecycle hooks](https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/)
- [PM2: graceful start and shutdown](https://pm2.keymetrics.io/docs/usage/signals-clean-restart/)
"""

from __future__ import annotations

import math
import shlex
from collections import Counter

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.recipes import aws_balancer, google_balancer, kubernetes, linux, nginx, pm2, shutdown
from advisor.diagnosis.recipes.container import Workload
from advisor.diagnosis.recipes.shutdown import DEADLINE, DRAIN, GRACE, HEALTH, IDLE, LOOK, READY
from advisor.diagnosis.words import counted, number
from advisor.features import Snapshot
from advisor.vocabulary import Family

strategy = Strategy(
    __name__,
    family=Family.REPAIR,
    name="End processes in order",
    effort="an hour or two",
    risk="low: it only changes how a process ends",
    whole=Limit(DRAIN + DEADLINE, "s", "serving on, and then the longest request that may finish", fixed=True),
    alone=Limit(2, "{process}", "with fewer processes nobody serves while the only one is replaced"),
)


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """The code, and how each platform stops and replaces processes."""
    lost = max(_of_deploys(ruling, "lost"), default=0.0)
    if not lost > 0:
        return strategy.reject("0 requests were lost at the last deploys.")
    return strategy.option(
        f"Let {snapshot.name} finish open requests when it is stopped",
        why=_why(ruling),
        confidence=ruling.reading.confidence,
        cost=f"up to {strategy.whole:.0f} s more for each process in a release",
        expected=(Expectation("lost", "Requests lost in a deploy", "{request}", lost, 0.0, max(1.0, lost * 0.05)),),
        steps=_steps(snapshot),
        check_first=_check_first(snapshot),
    )


def _of_deploys(ruling: Ruling, signal: str) -> list[float]:
    return [one.value or 0.0 for one in ruling.reading.evidence if one.signal == signal]


def _why(ruling: Ruling) -> str:
    """What happened at the deploy that cost most."""
    figures = zip(*(_of_deploys(ruling, signal) for signal in ("lost", "told", "unhandled", "hasty")), strict=True)
    lost, told, unhandled, hasty = max(figures)
    if unhandled:
        ended = counted(int(unhandled), "process")
        return f"{ended} ended by the signal itself: nothing in the code handles it. {number(lost)} requests were lost."
    if told >= lost / 2:
        ended = counted(int(hasty), "process")
        return f"{ended} ended without waiting for open requests. {number(lost)} requests were lost."
    return (
        f"The code handles the signal, and {number(lost)} requests were lost all the same: it stops accepting before "
        "load balancers have learned of it, or ends before open requests do."
    )


def _check_first(snapshot: Snapshot) -> str:
    longest = snapshot.latency(300.0).max
    if longest is not None and longest > DEADLINE:
        return (
            f"Check the longest requests: one took {number(longest)} s, and {DEADLINE} s are given. Raise the deadline."
        )
    return f"Check that no request takes longer than the deadline, and that the balancer's own check asks for {READY}."


def _steps(snapshot: Snapshot) -> tuple[Step, ...]:
    name = shlex.quote(snapshot.name)
    count, each = max(int(strategy.alone), len(snapshot.processes)), _each(snapshot)
    script = next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")
    workload = Workload(snapshot.name, script, count, 2 * count, snapshot.memory(300.0))
    return (
        *shutdown.steps(script),
        Step(f"Run at least {counted(each, 'process')} on each machine, and give PM2 longer than the code takes.",
             "PM2", pm2.FILE, pm2.ecosystem(pm2.App(snapshot.name, script, each, grace=GRACE))),
        Step("Once, take the app out of PM2 and start it from this file: one that runs in fork mode keeps that mode "
             "otherwise, and its reload is a restart. This loses requests for the last time.", "PM2", "shell",
             f"pm2 delete {name}\npm2 start {pm2.FILE}\npm2 save"),
        Step("Release with reload, which replaces one after the other; restart stops all at once.", "PM2", "shell",
             f"pm2 reload {name}"),
        Step("Keep a Pod in service until its replacement is ready. Its time to end covers the wait before the signal, "
             "the code's own, and open requests.", "Kubernetes", "deployment.yaml", kubernetes.deployment(workload)),
        *_behind_nginx(snapshot, workload.port),
        Step(f"Let the target group {LOOK}, with a deregistration delay of {GRACE} s; leave the idle timeout of the "
             f"balancer at {IDLE} s, below the server's. An Auto Scaling group that goes by these checks replaces a "
             "machine whose service restarts in place: release by a new image, or suspend ReplaceUnhealthy meanwhile.",
             aws_balancer.PLATFORM),
        Step(f"Let the backend service {LOOK}, with a draining timeout of {GRACE} s, and autohealing {HEALTH}. Give "
             f"endInOrder `idle: {google_balancer.KEPT}`: this balancer keeps idle connections for 600 s.",
             google_balancer.PLATFORM),
        *linux.drop_in("Let systemd wait longer before it kills, and start the new code.", snapshot.name, "shutdown",
                       SYSTEMD),
    )  # fmt: skip


def _each(snapshot: Snapshot) -> int:
    """Processes for the PM2 of one machine: the most that any has now, two where it is one."""
    on = Counter(process.instance.host_id for process in snapshot.processes)
    return max([math.ceil(strategy.alone / max(1, len(on))), *on.values()])


def _behind_nginx(snapshot: Snapshot, port: int) -> tuple[Step, ...]:
    """For several machines: of the processes behind one port, the supervisor replaces one after the other."""
    names = tuple(f"{machine.name}:{port}" for machine in snapshot.machines)
    if len(names) < 2:
        return ()
    site = nginx.Site(snapshot.name, names, websockets=snapshot.websockets(300.0) > 0)
    return nginx.steps(
        site,
        "Let NGINX ask another server where one was just stopped, for requests that may be sent twice. Take a "
        "server out by hand with `down` and a reload of NGINX. Put each machine's address in place of its name.",
    )


SYSTEMD = f"""[Service]
KillSignal=SIGTERM
TimeoutStopSec={GRACE}
"""
