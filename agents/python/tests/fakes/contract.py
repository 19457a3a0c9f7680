"""The example exports of `agents/contract`, made by the real code from the fake machine.

To write them anew after a wanted change: `PYTHONPATH=src:tests python -m fakes.contract` in `agents/python`.
"""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

from advisor_agent import ports
from advisor_agent.collection import Collection
from advisor_agent.deltas import Moment
from advisor_agent.errand import Answer
from advisor_agent.errand_runner import Answers
from advisor_agent.errands import pm2
from advisor_agent.events import EXITED, STARTED, end_of
from advisor_agent.identity import linux_host, process_resource
from advisor_agent.kernel import TICKS_PER_SECOND, Kernel
from advisor_agent.log import Log
from advisor_agent.otlp import Report, event_record, events_export, export
from advisor_agent.page import REQUEST_METRICS, PageReader
from advisor_agent.scene import Observer
from advisor_agent.sockets import ESTABLISHED, LISTEN, Sockets, sockets
from advisor_agent.system import linux
from advisor_agent.view import Cost, View
from fakes.datastores import FakeErrands
from fakes.machine import BOOT, Machine

Json = dict[str, object]

FOLDER = Path(__file__).parents[3] / "contract"
INTERVAL = 10
BACKLOG = 511
CONTAINER = "3f2a9c0b1d2e" + "4d" * 26
POD = "b51c7c40-0a6f-4cd3-9d5f-1f0c7e2a8b11"
PAGE = FOLDER.parents[1] / "tests/recordings/prom/prom-client-15.txt"
APPS = FOLDER.parents[1] / "tests/recordings/pm2/jlist-load.json"
REQUESTS = """
http_request_duration_seconds_bucket{{le="0.1",method="GET",route="/orders/:id",status_code="200"}} {0}
http_request_duration_seconds_bucket{{le="+Inf",method="GET",route="/orders/:id",status_code="200"}} {1}
http_request_duration_seconds_sum{{method="GET",route="/orders/:id",status_code="200"}} {0}.5
http_request_duration_seconds_count{{method="GET",route="/orders/:id",status_code="200"}} {1}
"""


def examples() -> dict[str, Json]:
    """File name -> export: the host's part and the processes' part of one tick, and what happened to a process."""
    with tempfile.TemporaryDirectory() as folder, _told_by_netlink():
        machine = Machine(Path(folder))
        _populate(machine, 0)
        ticks = count(0.0, 0.001)  # a clock that moves by a millisecond each time it is looked at
        errands = FakeErrands()
        collection = Collection(linux(machine.kernel), Log(), ticks.__next__, [Told(), errands])
        # What is told each 30 s, is told this time.
        for seconds in (-2 * INTERVAL, 0):
            errands.seconds = seconds + 2 * INTERVAL
            collection.collect(_moment(seconds))
        machine.at(INTERVAL)
        errands.seconds = 3 * INTERVAL
        _populate(machine, INTERVAL)
        host, *processes = collection.collect(_moment(INTERVAL))
        happened = _happened(machine)
    return {
        "host.example.json": _export([host]),
        "process.example.json": _export(processes),
        "process.events.example.json": json.loads(events_export(happened)),
    }


def _happened(machine: Machine) -> list[str]:
    """A process that began, ended by an error, another that was killed, and one whose end nobody could see."""
    host = linux_host(machine.kernel)
    configured, *cluster = Observer(machine.kernel).look().processes
    told = [
        (configured, STARTED, None),
        (configured, EXITED, 1 << 8),
        *zip(cluster, (EXITED, EXITED), (signal.SIGKILL, None)),
    ]
    return [
        event_record(process_resource(host, process), name, _moment(INTERVAL + at).unix_ns, end_of(status))
        for at, (process, name, status) in enumerate(told)
    ]


class Told:
    """What a page of metrics and PM2 tell of `checkout`: recorded, read by the real code."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}
        self.names = ("scrape", "pm2")
        self._reader = PageReader(REQUEST_METRICS)
        self._ticks = count(1)

    def take(self) -> Answers:
        """More requests and a longer delay each time; between the two looks at which the example is made."""
        tick = next(self._ticks)
        page = PAGE.read_text().replace("0.016744447", f"0.0{16 + tick}") + REQUESTS.format(4 * tick, 5 * tick)
        return {"scrape": [Answer(sample, 4001) for sample in self._reader.read(page)], "pm2": _told_by_pm2()}

    def start_due(self, view: View) -> None:
        """Nobody has to be asked."""


def _told_by_pm2() -> list[Answer]:
    """Of `checkout`, and of an app that PM2 has given up."""
    recorded, _ = json.loads(APPS.read_text())
    given_up = {**recorded, "pid": 0, "name": "worker", "pm2_env": {"status": "errored", "restart_time": 15}}
    order = {"pid": 1, "home": "/home/ann/.pm2", "paged": [4001]}
    apps = [{**recorded, "pid": 4001, "name": "checkout"}, given_up]
    with patch.object(pm2, "apps_of", lambda daemon, home: apps), patch.object(pm2, "_parent", lambda pid: 1):
        return list(pm2.ask(json.dumps(order)))


@contextmanager
def _told_by_netlink() -> Iterator[None]:
    """The limit of an accept queue is in no file, so the fake machine cannot show it."""

    def told(kernel: Kernel, pid: int | None = None) -> Sockets:
        found = sockets(kernel, pid)
        for row in found.listening:
            row.backlog = BACKLOG
        return found

    with patch.object(ports, "sockets", told):
        yield


def text_of(example: Json) -> str:
    """The text of an example's file."""
    return json.dumps(example, indent=1) + "\n"


def _populate(machine: Machine, seconds: int) -> None:
    """A configured service on its own, and a cluster in a container: a primary that listens, a worker that serves."""
    busy = 500 + seconds * TICKS_PER_SECOND * 9 // 10
    configured = {"OTEL_SERVICE_NAME": "checkout", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=prod"}
    sockets = ("/dev/null", "socket:[501]", "socket:[601]", "socket:[602]")
    machine.write("srv/shop/package.json", '{"name": "shop", "version": "2.1.0"}')
    unit = "/system.slice/checkout.service"
    machine.limited(unit, 0.5, 512_000_000, seconds)
    machine.node(4001, "/srv/checkout.js", environ=configured, user=busy, cgroup=f"0::{unit}\n", descriptors=sockets)
    pod = f"0::/kubepods.slice/kubepods-pod{POD.replace('-', '_')}.slice/cri-containerd-{CONTAINER}.scope\n"
    named = {"OTEL_RESOURCE_ATTRIBUTES": "k8s.pod.name=shop-7d9f,k8s.namespace.name=web,k8s.deployment.name=shop"}
    descriptors = ("/dev/null", "socket:[502]")
    machine.node(4100, "/srv/shop/main.js", environ=named, cgroup=pod, descriptors=descriptors, virtual_pid=1)
    worker = {"NODE_UNIQUE_ID": "1", **named}
    inside = {"cgroup": pod, "descriptors": ("/dev/null", "socket:[603]"), "virtual_pid": 20}
    machine.node(4101, "/srv/shop/main.js", environ=worker, parent=4100, user=busy, **inside)
    machine.program(700, "/usr/lib/postgresql/16/bin/postgres", children=90 * TICKS_PER_SECOND)
    machine.program(701, "/usr/lib/postgresql/16/bin/postgres", parent=700, user=busy)
    if not seconds:
        machine.tcp(LISTEN, 3000, 501, waiting=2)
        machine.tcp(LISTEN, 3001, 502)
        for port, inode in ((3000, 601), (3000, 602), (3001, 603)):
            machine.tcp(ESTABLISHED, port, inode)


def _moment(seconds: int) -> Moment:
    return Moment((BOOT + 5000 + seconds) * 1_000_000_000, 5000.0 + seconds)


def _export(reports: list[Report]) -> Json:
    example: Json = json.loads(export(reports, _moment(INTERVAL)))
    return example


if __name__ == "__main__":
    for name, example in examples().items():
        (FOLDER / name).write_text(text_of(example))
