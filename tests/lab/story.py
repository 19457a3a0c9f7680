"""Runs one case in the running product, and tells what happened as plain values."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.lab import clinic, discovery, figures, machine, peers, reading, recorder, windows
from tests.lab.case import Case, Flow, Knob, Phase, Service, Sockets
from tests.lab.kept import fingerprint
from tests.lab.product import Product
from tests.lab.programs import Program, Surroundings

WATCH_SECONDS = 2.0
AFTER = "after"
"""The name of the service that the advice was applied to ends with this word."""

RECORDINGS = discovery.LAB.parents[1] / ".lab" / "recordings"

_LOAD = discovery.LAB / "load" / "main.js"


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """Where cases run: the product, and the folder of cases (open or frozen)."""

    product: Product
    folder: str

    def play(self, name: str, case: Case) -> dict[str, Any]:
        """The whole case; its result as JSON values."""
        if case.stretched > 1:
            return self._retell(name, case)
        scale = self.product.scale
        result = self._play(name, case, case.services, case.phases)
        windows.keep(name, result["began"], result["ended"], scale, windows.path(self.folder, name, case, scale))
        if case.remedy is not None:
            services = (case.remedy.service, *case.services[1:])
            phase = last(case, case.remedy.seconds)
            phase = dataclasses.replace(phase, flows=case.remedy.flows or phase.flows)
            after = self._play(f"{name}-{AFTER}", case, services, (phase,))
            result["remedy"] = {
                "strategy": case.remedy.strategy,
                "measured": after["effect"],
                "expected": result["of_fewer"].get(str(case.remedy.service.copies), []),
            }
        time.sleep(case.settle / scale)
        return result

    def ask_clinic(self, name: str, case: Case) -> str:
        """The category that Clinic Doctor finds in a run of its own: the same service under the last phase's load."""
        services = (clinic.patient(case.services[0]), *case.services[1:])
        full, phases = f"{name}-clinic", (last(case, clinic.SECONDS * self.product.scale),)
        answer = self.product.folder / full / "answer"
        with (
            self._programs(full, services, clinic.runner(answer)) as programs,
            self._load(full, programs[0], phases),
        ):
            self._phases(full, programs, phases)
        return answer.read_text() if answer.is_file() else clinic.NOTHING

    def _play(self, name: str, case: Case, services: tuple[Service, ...], phases: tuple[Phase, ...]) -> dict[str, Any]:
        scale = self.product.scale
        with self._programs(name, services) as programs:
            began = time.time()
            watch = reading.Watch(name)
            with self._load(name, programs[0], phases) as report:
                self._phases(name, programs, phases, watch.look)
                ended = time.time()  # the load ends here as well: what is read later would hold seconds without any
                told = self._told(watch, began, case.onset)
                told["effect"] = figures.effect(name, ended, scale)
                told["of_fewer"] = {
                    str(copies): figures.of_fewer(name, ended, scale, copies) for copies in range(1, services[0].copies)
                }
            return {**told, "load": json.loads(report.read_text()) if report.is_file() else []}

    def _told(self, watch: reading.Watch, began: float, onset: float, stretched: float = 1.0) -> dict[str, Any]:
        scale, name = self.product.scale, watch.service
        return {
            "began": began,
            "ended": time.time(),
            "recommendations": reading.recommendations(name),
            "offered": {rule: sorted(ids) for rule, ids in watch.offered.items()},
            "tops": watch.tops,
            "verdicts": reading.verdicts(name),
            "summary": reading.summary(name),
            "peers": peers.of(name, began + onset / scale, time.time(), scale, stretched),
        }

    def _retell(self, name: str, case: Case) -> dict[str, Any]:
        """A case of days: recorded in minutes, or taken from an earlier recording of the same case, and told."""
        kept = machine.folder(RECORDINGS) / f"{name}-{fingerprint(self.folder, case)}.ndjson.gz"
        if not kept.is_file():
            recorder.keep(self._record(name, case), kept)
        scale, watch = self.product.scale, reading.Watch(name)
        began = time.time() - (case.seconds - case.live) / scale
        token, records = reading.token(name), recorder.kept(kept)
        for _ in recorder.replay(records, self.product.url, token, name, case.stretched, case.live / scale):
            watch.look()
        return self._told(watch, began, case.onset, case.stretched)

    def _record(self, name: str, case: Case) -> list[recorder.Record]:
        full = recorder.recorded(name)
        with recorder.recording(machine.folder(self.product.folder / f"{full}-agent")) as (door, records):
            fast = dataclasses.replace(self.product, door=door, scale=self.product.scale * case.stretched)
            stage = dataclasses.replace(self, product=fast)
            with stage._programs(full, case.services) as programs, stage._load(full, programs[0], case.phases):
                stage._phases(full, programs, case.phases)
                return list(records)  # that its programs are ended now is no part of the story

    def _phases(
        self, name: str, programs: list[Program], phases: tuple[Phase, ...], look: Callable[[], None] = lambda: None
    ) -> None:
        by_name = {program.name.removeprefix(f"{name}-"): program for program in programs[1:]}
        until = time.monotonic()
        for phase in phases:
            length = phase.seconds / self.product.scale
            until += length
            programs[0].turn(phase.knobs)
            for other, knobs in phase.others.items():
                by_name[other].turn(knobs)
            deploys = [until - length * (1 - (n + 1) / (phase.deploys + 1)) for n in range(phase.deploys)]
            while (left := until - time.monotonic()) > 0:
                if deploys and time.monotonic() >= deploys[0]:
                    deploys.pop(0)
                    programs[0].deploy()
                time.sleep(min(left, WATCH_SECONDS))
                look()

    @contextmanager
    def _programs(
        self, name: str, services: tuple[Service, ...], runner: tuple[str, ...] = ("node",)
    ) -> Iterator[list[Program]]:
        folder = machine.folder(self.product.folder / name)
        databases = self.product.databases
        values = {"postgresql": databases.postgresql, "redis": databases.redis, "scratch": str(folder)}
        with ExitStack() as stack:
            if any("{disk}" in str(service.environment) for service in services):
                values["disk"] = str(stack.enter_context(machine.disk(folder / "disk")))
            running: list[Program] = []
            for service in (*services[1:], services[0]):  # those that it talks to come first
                around = Surroundings(
                    folder, dict(values), self.product.door, self.product.page_port, self.product.scale
                )
                full = name if service is services[0] else f"{name}-{service.name}"
                command = runner if service is services[0] else ("node",)
                program = Program(full, service, discovery.script(self.folder, service.script), around, command)
                stack.callback(program.stop)
                program.start()
                values[f"port:{service.name}"] = str(program.ports[0])
                running.append(program)
            yield [running[-1], *running[:-1]]

    @contextmanager
    def _load(self, name: str, program: Program, phases: tuple[Phase, ...]) -> Iterator[Path]:
        """The load beside it; its report is complete when the block ends."""
        folder = self.product.folder / name
        plan, report = folder / "load.json", folder / "load-report.json"
        plan.write_text(json.dumps(load_plan(program.urls, phases, self.product.scale)))
        environment = os.environ | {"NODE_OPTIONS": "", "OTEL_SERVICE_NAME": "lab-load"}
        with (folder / "load.log").open("ab") as log:
            process = subprocess.Popen(
                ("node", str(_LOAD), str(plan), str(report)), env=environment, stdout=log, stderr=log
            )
            try:
                yield report
            finally:
                process.terminate()
                process.wait()


def last(case: Case, seconds: float) -> Phase:
    """The last phase at this length, with all knobs as they stand by then."""
    knobs: dict[str, Knob] = {}
    others: dict[str, dict[str, Knob]] = {}
    for phase in case.phases:
        knobs |= phase.knobs
        for name, values in phase.others.items():
            others.setdefault(name, {}).update(values)
    return dataclasses.replace(case.phases[-1], seconds=seconds, knobs=knobs, others=others, deploys=0)


def load_plan(urls: list[str], phases: tuple[Phase, ...], scale: float) -> dict[str, Any]:
    """What `load/main.js` reads; all of its seconds are those of the wall clock."""
    return {
        "targets": urls,
        "phases": [
            {"seconds": phase.seconds / scale, "flows": [_flow(flow, scale) for flow in phase.flows]}
            for phase in phases
        ],
    }


def _flow(flow: Flow, scale: float) -> dict[str, Any]:
    told = {"kind": type(flow).__name__.lower(), **dataclasses.asdict(flow)}
    if isinstance(flow, Sockets):
        told["ramp"] = flow.ramp / scale
    if told.get("burst"):
        told["burst"] = [seconds / scale for seconds in told["burst"]]
    return told
