"""What a case of the lab is made of. A case is one file in `cases` or `frozen` that sets `case = Case(...)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Telemetry = Literal["probe", "sdk", "prom", "pm2", "agent"]
"""Who reports from inside a process: our probe, an OpenTelemetry SDK, a prom-client page, PM2, or nobody."""

Knob = float | int | str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is really wrong, said by who made the case and before any system saw it.

    Attributes:
        rules: ids of the diagnoses that are right, best first. The first one is the class of the case.
        strategies: ids of the ways out that help, best first; any of them is accepted in the first place.
        forbidden: ids of ways out that do harm or nothing here; none may be offered at any place.
        also: ids of diagnoses that may stand beside the right one, as true consequences.
        second: ids of the diagnoses of a second fault, if the case has two at once; each should be found as well.
    """

    rules: tuple[str, ...]
    strategies: tuple[str, ...]
    forbidden: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


SILENT = Label(rules=(), strategies=())
"""The service is healthy: any warning on it is false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program and how it is run. The first service of a case is judged; others are what it talks to.

    Attributes:
        script: a file of `apps` (beside the case, or of the lab). It listens on 127.0.0.1 at `PORT`.
        knobs: settings that the program reads with `knob(name, default)`; a phase can change them.
        environment: further environment of the process. `{port:NAME}` in a value is the port of that other service;
            `{postgresql}` and `{redis}` are the URLs of the lab's databases, `{scratch}` is a folder of the case.
        name: empty for the judged service (it is called after the case), a short word for another one.
        telemetry: who reports from inside.
        workers: more than 1 runs the script as so many workers of `node:cluster` behind one port.
        copies: so many processes of their own, each with a port of its own; the load goes round them.
        node: flags of Node.js, such as `--max-old-space-size=128`.
        cores: CPU quota of a control group, in cores; needs root and control groups (else the case is skipped).
        memory: memory limit of a control group in bytes, likewise.
        descriptors: soft and hard limit of open descriptors.
        revive: start a process again when it ends by itself, as a supervisor does.
        grace: seconds that a deploy waits between SIGTERM and SIGKILL.
    """

    script: str
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    telemetry: Telemetry = "probe"
    workers: int = 1
    copies: int = 1
    node: tuple[str, ...] = ()
    cores: float | None = None
    memory: int | None = None
    descriptors: int | None = None
    revive: bool = False
    grace: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """An open-loop flow: requests leave at random (Poisson) moments and wait for no answer.

    Attributes:
        path: with query. `{n}` becomes a number that grows with each request, `{r}` a random one below 1000.
        rate: requests a second, of the clock on the wall, at the beginning of the phase.
        until: the rate at the end of the phase, where it shall change evenly; None keeps it.
        method: of HTTP.
        body: bytes of JSON that each request sends.
        aborts: share of requests whose client leaves after `patience`.
        patience: seconds until a client that aborts leaves.
        timeout: seconds until any client gives up.
        connections: None keeps as many alive as needed; a number pins all requests to so many.
        fresh: open a connection for each request.
        copy: which copy of the service gets it; None goes round all.
        skew: share of requests that go to the first connection alone (with `connections`), as a hot client's do.
        burst: the flow is on for `burst[0]` and off for `burst[1]` model seconds, again and again.
    """

    path: str
    rate: float
    until: float | None = None
    method: str = "GET"
    body: int = 0
    aborts: float = 0.0
    patience: float = 0.2
    timeout: float = 10.0
    connections: int | None = None
    fresh: bool = False
    copy: int | None = None
    skew: float = 0.0
    burst: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """WebSocket clients.

    Attributes:
        count: clients that are open at the end of the ramp.
        ramp: model seconds over which they come.
        sends: messages a second that each client sends.
        size: bytes of a message.
        path: of the handshake.
    """

    count: int
    ramp: float = 60.0
    sends: float = 0.0
    size: int = 100
    path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cannon:
    """`autocannon`: so many connections, each of which sends as soon as it was answered (a closed loop)."""

    path: str
    connections: int


Flow = Http | Sockets | Cannon


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a case.

    Attributes:
        seconds: its length in model seconds: at time scale 10 a phase of 600 takes one minute.
        flows: the load while it lasts.
        knobs: knobs of the judged service that change at its beginning, and stay so.
        deploys: how often the judged service is deployed anew during the phase (SIGTERM, then a new process).
        others: knobs of other services, by their names.
    """

    seconds: float
    flows: tuple[Flow, ...] = ()
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    deploys: int = 0
    others: Mapping[str, Mapping[str, Knob]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The advice, applied: the service is started again as `service`, under the load of the last phase.

    The lab then compares what was predicted of `strategy` with what it measures. `flows` replace those of the last
    phase where the remedy is another way of spreading them.
    """

    strategy: str
    service: Service
    flows: tuple[Flow, ...] = ()
    seconds: float = 420.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A story: what runs, what happens to it, and what is right to say of it.

    Attributes:
        label: what is wrong, or `SILENT`.
        reason: why this label is right, in one honest sentence.
        services: the judged service first.
        phases: one after another.
        onset: model seconds from the start at which the fault begins to matter.
        remedy: advice to apply and measure, if any.
        settle: model seconds of quiet after the case; more where it loads the whole host.
        stretched: more than 1 records the case that many times as fast as the time scale alone would have it, and tells
            the recording drawn apart in time (levels and rates stay): for what takes days. At scale 10 a case of three
            model days with `stretched=14.4` is recorded in half an hour.
        live: model seconds at the end of such a recording that the product sees as they happen.
        light: all of it, load included, takes less than a tenth of the machine, and its label does not depend on the
            host, its disks, the databases or the page of metrics: other light cases may run beside it.
    """

    label: Label
    reason: str
    services: tuple[Service, ...]
    phases: tuple[Phase, ...]
    onset: float = 0.0
    remedy: Remedy | None = None
    settle: float = 60.0
    stretched: float = 1.0
    live: float = 7200.0
    light: bool = False

    @property
    def seconds(self) -> float:
        """Its length in model seconds."""
        return sum(phase.seconds for phase in self.phases)

    def lasts(self, scale: float) -> float:
        """Seconds of the clock on the wall, without its remedy."""
        if self.stretched == 1:
            return self.seconds / scale
        return self.seconds / scale / self.stretched + self.live / scale
