"""A service of a case as running processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from advisor.embedded import ports
from tests.lab.case import Knob, Service
from tests.lab.discovery import LAB
from tests.lab.machine import Group

START_SECONDS = 60.0
PM2_SECONDS = 20.0
"""Until PM2 has ended what it runs, and itself."""

REVIVE_SECONDS = 1.0
"""A supervisor's pause before it starts a process again."""

_PROBE = LAB.parents[1] / "agents" / "node"
_PM2 = LAB / "node_modules/.bin/pm2"
_SDK = LAB / "node_modules/@opentelemetry/auto-instrumentations-node/build/src/register.js"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all services of a case share.

    `values` replace `{name}` in environments; `door` is where probes and SDKs report; `page_port` is the port whose
    `/metrics` the agent reads.
    """

    folder: Path
    values: Mapping[str, str]
    door: str
    page_port: int
    scale: float


class Program:
    """All processes of one service, started by `start` and ended by `stop`."""

    def __init__(
        self, name: str, service: Service, script: Path, around: Surroundings, runner: tuple[str, ...] = ("node",)
    ) -> None:
        self.name, self.service, self._script, self._around, self._runner = name, service, script, around, runner
        page = service.telemetry == "prom"
        self.ports = [around.page_port if page else ports.any_free("127.0.0.1") for _ in range(service.copies)]
        self._knobs = around.folder / f"{name}.knobs" / "knobs.json"
        self._knobs.parent.mkdir(parents=True)
        self._values: dict[str, Knob] = dict(service.knobs)
        self._group = Group(name, service)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._leaving = threading.Event()
        self._log = (around.folder / f"{name}.log").open("ab")

    @property
    def urls(self) -> list[str]:
        """Where its copies listen."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self) -> None:
        """Start all copies and wait until each listens. Raises `TimeoutError` with the end of the log."""
        self.turn({})
        for port in self.ports:
            self._processes[port] = self._launch(port)
        for port in self.ports:
            self._wait(port)
        threading.Thread(target=self._supervise, daemon=True).start()

    def turn(self, knobs: Mapping[str, Knob]) -> None:
        """Change knobs while it runs."""
        self._values.update(knobs)
        fresh = self._knobs.with_suffix(".new")
        fresh.write_text(json.dumps(self._values))
        fresh.replace(self._knobs)

    def deploy(self) -> None:
        """Each copy in turn: SIGTERM, and a new process in its place."""
        for port in self.ports:
            with self._lock:
                self._end(self._processes[port])
                self._processes[port] = self._launch(port)
            self._wait(port)

    def stop(self) -> None:
        """End all processes and clear up."""
        self._leaving.set()
        with self._lock:
            for process in self._processes.values():
                self._end(process)
        self._group.remove()
        self._log.close()

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        command = self._pm2() if self.service.telemetry == "pm2" else self._node()
        limit = f"ulimit -n {self.service.descriptors}; " if self.service.descriptors else ""
        shell = ("/bin/sh", "-c", f'{self._group.join}{limit}exec "$@"', "sh", *command)
        return subprocess.Popen(
            shell,
            cwd=self._around.folder,
            env=self.environment(port),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def _node(self) -> tuple[str, ...]:
        own = (*self._runner, *self.service.node)
        if self.service.workers == 1:
            return (*own, str(self._script))
        return (*own, str(LAB / "crowd.js"), str(self._script), str(self.service.workers))

    def _pm2(self) -> tuple[str, ...]:
        """PM2 lets go of what it starts; a shell stays in its place, and ends PM2 when it is ended."""
        mode = "" if self.service.workers == 1 else f" -i {self.service.workers}"
        start = f"{_PM2} start {self._script} --name {self.name}{mode}"
        return ("/bin/sh", "-c", f"{start}; trap '{_PM2} kill; exit 0' TERM; sleep 86400 & wait")

    def environment(self, port: int) -> dict[str, str]:
        """The environment of one process."""
        around = self._around
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADVISOR_", "DJANGO_"))}
        own = {name: filled(text, around.values) for name, text in self.service.environment.items()}
        return kept | {
            "PORT": str(port),
            "LAB_COPY": str(self.ports.index(port)),
            "OTEL_SERVICE_NAME": self.name,
            "LAB_KNOBS": str(self._knobs),
            "LAB_TIME_SCALE": str(around.scale),
            "PM2_HOME": str(around.folder / "pm2"),
            "NODE_PATH": str(LAB / "node_modules"),
            **telemetry(self.service, around.door, around.scale),
            **own,
        }

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{self.name} does not listen: {Path(self._log.name).read_text()[-500:]}")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PM2_SECONDS if self.service.telemetry == "pm2" else self.service.grace)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its session: workers go with it
        process.wait()

    def _supervise(self) -> None:
        """Take note of ends, as every parent does (the kernel tells an exit code to others only then), and revive."""
        while not self._leaving.wait(REVIVE_SECONDS):
            with self._lock:
                for port, process in self._processes.items():
                    ended = process.poll() is not None
                    if ended and self.service.revive and not self._leaving.is_set():
                        self._processes[port] = self._launch(port)


def telemetry(service: Service, door: str, scale: float) -> dict[str, str]:
    """What tells a process who reports from inside it. Intervals shrink with the time scale, to 1 s at least."""
    every = max(1, round(10 / scale))
    if service.telemetry == "probe":
        return {
            "NODE_OPTIONS": f"--require {_PROBE}",
            "ADVISOR_PROBE_ENDPOINT": door,
            "ADVISOR_PROBE_INTERVAL": str(every),
        }
    if service.telemetry == "sdk":
        return {
            "NODE_OPTIONS": f"--require {_SDK}",
            "OTEL_EXPORTER_OTLP_ENDPOINT": door,
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            "OTEL_METRIC_EXPORT_INTERVAL": str(every * 1000),
            "OTEL_METRIC_EXPORT_TIMEOUT": str(every * 900),
            "OTEL_NODE_RESOURCE_DETECTORS": "env,host,os,process",
        }
    return {"NODE_OPTIONS": "", **({"LAB_PAGE": "1"} if service.telemetry == "prom" else {})}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every `{name}` replaced by its value."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
