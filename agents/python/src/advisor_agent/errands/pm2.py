"""What PM2 knows of its apps: restarts, which ones it has given up, and what runs inside.

PM2's daemon is asked over its own socket, as the `pm2` command does: that starts no Node.js, and can start no daemon.
Its answer holds the whole environment of every app. Of that only the fields below leave the child.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator

from advisor_agent.claims import clean
from advisor_agent.config import Config
from advisor_agent.errand import Answer, ErrandError
from advisor_agent.inside import ACTIVE, HEAP_SIZE, HEAP_USED
from advisor_agent.metric import GAUGE, Metric, Sample
from advisor_agent.pm2_socket import apps_of
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Scene

RESTARTS = Metric("advisor.process.restart.count", "{restart}", GAUGE, "Restarts that its supervisor counted")
UNSTABLE = Metric("advisor.process.restart.unstable.count", "{restart}", GAUGE, "Restarts right after a start")
APP_PROCESSES = Metric("advisor.pm2.app.process.count", "{process}", GAUGE, "Processes of an app of PM2, by status")
APP_RESTARTS = Metric("advisor.pm2.app.restart.count", "{restart}", GAUGE, "Restarts of an app's processes")
METRICS = (RESTARTS, UNSTABLE, APP_PROCESSES, APP_RESTARTS, HEAP_USED, HEAP_SIZE, ACTIVE)

EVERY = 45.0
"""So that at ticks of 10 s there is something to show in every minute."""

_TITLE = re.compile(r"PM2 v[^:]*: God Daemon \((/[^\0]*)\)")
_TITLE_BEGINS = "PM2 v"
_STATUSES = ("online", "launching", "waiting restart", "stopping", "stopped", "errored")
_INSIDE = {
    "internal/v8/heap/used": (HEAP_USED, 1 << 20),
    "internal/v8/heap/total": (HEAP_SIZE, 1 << 20),
    "internal/libuv/handles": (ACTIVE, 1),
}
"""Id of a figure that PM2 keeps of each app -> metric and factor. Its latencies are moving quantiles, which nobody can
merge, and leave out the timer's resolution that all others include."""


def targets(config: Config, scene: Scene) -> list[str]:
    """Every daemon that may be asked. ErrandError where there are some, and none may."""
    if not config.pm2:
        return []
    here = [process for process in scene.processes if isinstance(process, NodeProcess)]
    homes = {process.pid: home for process in here for home in _home(scene, process)}
    open_to_us = {pid: home for pid, home in homes.items() if os.access(f"{home}/rpc.sock", os.W_OK)}
    if homes and not open_to_us:
        home = next(iter(homes.values()))
        raise ErrandError(f'PM2 in {home} may not be asked: run the agent as its user or as root, or set pm2 = "off".')
    paged = sorted(scene.paged)
    return [json.dumps({"pid": pid, "home": home, "paged": paged}) for pid, home in open_to_us.items()]


def ask(target: str) -> Iterator[Answer]:
    """What one daemon tells."""
    order = json.loads(target)
    daemon, home = order["pid"], order["home"]
    apps: dict[str, list[tuple[str, int]]] = {}
    for told in apps_of(daemon, home):
        env = _part(told, "pm2_env")
        pid, name = told.get("pid"), clean(str(told.get("name", "")))
        restarts = _whole(env.get("restart_time"))
        apps.setdefault(name, []).append((str(env.get("status")), restarts))
        # A daemon is believed about its own children alone: others are not its to speak of.
        if isinstance(pid, int) and pid > 0 and _parent(pid) == daemon:
            yield Answer(RESTARTS.at(restarts), pid)
            yield Answer(UNSTABLE.at(_whole(env.get("unstable_restarts"))), pid)
            if pid not in order["paged"]:
                yield from (Answer(sample, pid) for sample in _inside(_part(env, "axm_monitor")))
    yield from _of_apps(apps)


def _home(scene: Scene, process: NodeProcess) -> Iterator[str]:
    """PM2's home, where the process is a daemon of PM2, which says so in its title."""
    if process.command.script or process.command.is_launcher or process.network not in (scene.own_network, ""):
        return
    try:
        title = scene.kernel.read("proc", str(process.pid), "cmdline")
        if not title.startswith(_TITLE_BEGINS):
            return
        found = _TITLE.match(title)
        if found:
            yield found[1]
            return
        # A title has no more room than the command line had.
        environ = scene.kernel.read("proc", str(process.pid), "environ").split("\0")
    except OSError:
        return
    yield from (line.partition("=")[2] for line in environ if line.startswith("PM2_HOME=/"))


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _inside(monitor: dict[str, object]) -> Iterator[Sample]:
    """PM2 keys its figures by what people read, and gives numbers as texts. Negative ones occur, and are no figures."""
    for name in monitor:
        figure = _part(monitor, name)
        meaning, value = _INSIDE.get(str(figure.get("type"))), _number(figure.get("value"))
        if meaning and value >= 0:
            metric, factor = meaning
            yield metric.at(round(value * factor))


def _of_apps(apps: dict[str, list[tuple[str, int]]]) -> Iterator[Answer]:
    for name, processes in apps.items():
        app = ("advisor.pm2.app.name", name)
        for status in _STATUSES:
            count = sum(told == status for told, _ in processes)
            if count:
                yield Answer(APP_PROCESSES.at(count, app, ("advisor.pm2.process.status", status)))
        yield Answer(APP_RESTARTS.at(sum(restarts for _, restarts in processes), app))


def _part(told: dict[str, object], name: str) -> dict[str, object]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever PM2 says
    except (TypeError, ValueError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def _whole(value: object) -> int:
    number = _number(value)
    return int(number) if number >= 0 else 0
