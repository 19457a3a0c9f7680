"""One process in a container: the image, what stays out of it, and a compose file for one host."""

from __future__ import annotations

import json
import math
import posixpath
import re
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes.shutdown import PLATFORM_FIELDS, READY

PLATFORM: Final = "Docker"
MIB: Final = 2**20

ROOM: Final = 1.5
"""Memory that a container gets, as a multiple of what a process takes now: a peak must fit, a leak must not."""

HEAP: Final = 0.75
"""Share of a container's memory that the heap may take (decision model C4); the rest is for buffers and code."""


def label_of(name: str) -> str:
    """A service's name as DNS, Docker and Kubernetes take it: at most 40 lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "service"


@dataclass(frozen=True, slots=True)
class Workload:
    """One service, one process a container.

    Attributes:
        name: as the service calls itself.
        script: what Node.js is started with.
        copies: containers that run at least.
        most: containers that may run at most.
        memory: bytes that a process takes now; NaN where it is not known.
        port: where it listens.
        sockets: it holds WebSockets, whose clients must come back to the same copy.
        now: containers that the load of now needs; 0 where nobody counted them.
    """

    name: str
    script: str
    copies: int
    most: int
    memory: float = math.nan
    port: int = 3000
    sockets: bool = False
    now: int = 0

    @property
    def first(self) -> int:
        """Containers to begin with: an autoscaler takes away what is too much; what is missing is felt at once."""
        return max(self.copies, self.now)

    @property
    def label(self) -> str:
        """The name as DNS, Docker and Kubernetes take it."""
        return label_of(self.name)

    @property
    def mebibytes(self) -> int:
        """Memory of one container in MiB, in steps of 64; 512 where today's is not known."""
        return 512 if math.isnan(self.memory) else max(128, 64 * math.ceil(ROOM * self.memory / MIB / 64))

    @property
    def heap(self) -> int:
        """The heap's limit in MiB that leaves room for the rest."""
        return int(self.mebibytes * HEAP)

    def keeps_its_size(self, rate: float) -> str:
        """Why its number follows no load, in a sentence; empty where `rate` requests a second of each copy show it."""
        if self.sockets:
            return (
                "It keeps its size: open WebSockets stay where they are, and neither requests nor the processor show "
                "how many there are. The way out that follows them is called WebSockets over more processes "
                "(websocket-scale-out)."
            )
        if math.isnan(rate):
            return "It keeps its size: no number of requests is known to fill one of them."
        if self.most > self.copies:
            return ""
        return "It keeps its size: a database does not accept the connections of more."


@dataclass(frozen=True, slots=True)
class Signals:
    """What an autoscaler follows; figures are those of one copy at the target utilization.

    Attributes:
        on_cpu: False where the processor says nothing of the load (WebSockets, waiting for others).
        rate: requests per second; None where they are not known.
        sockets: open WebSockets; None where there are none.
    """

    on_cpu: bool = True
    rate: float | None = None
    sockets: float | None = None


def steps(workload: Workload) -> tuple[Step, ...]:
    """An image with the code and all it depends on, and copies of it on one host."""
    return (
        Step("Build one image with the code and all that it depends on. It starts in seconds, is the same on every "
             "machine, and runs one process, not as root. Docker, containerd and runc run it alike; where system "
             "containers are preferred, LXC runs the same process under systemd.", PLATFORM, "Dockerfile",
             dockerfile(workload)),
        Step("Keep out of the image what is not needed in it.", PLATFORM, ".dockerignore", IGNORED),
        Step(f"For one host: copies with limits, and a check of {READY} for the balancer in front: Docker itself only "
             "shows its result.", PLATFORM, "compose.yaml", compose(workload)),
        Step("Build and start.", PLATFORM, "shell", "docker compose up --build --detach"),
    )  # fmt: skip


def dockerfile(workload: Workload) -> str:
    """The image, built in two stages."""
    script = workload.script
    # In the image the code lies in a folder of its own; an absolute path of today means nothing there.
    start = posixpath.basename(script) if script.startswith("/") else script
    return _DOCKERFILE.format(
        port=workload.port, command=json.dumps(["node", f"--max-old-space-size={workload.heap}", start])
    )


def compose(workload: Workload) -> str:
    """The compose file."""
    return _COMPOSE.format(
        name=workload.label,
        copies=workload.first,
        memory=workload.mebibytes,
        port=workload.port,
        asked=f"http://127.0.0.1:{workload.port}{READY}",
        **PLATFORM_FIELDS,
    )


_DOCKERFILE: Final = """FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY . .
USER node
EXPOSE {port}
# In this form the process gets SIGTERM itself; a shell or npm in between would swallow it.
CMD {command}
"""

IGNORED: Final = """node_modules
.git
.env*
*.log
coverage
test
"""

_COMPOSE: Final = """services:
  {name}:
    build: .
    init: true
    expose: ["{port}"] # put NGINX or another balancer in front
    restart: unless-stopped
    stop_grace_period: {grace}s
    deploy:
      replicas: {copies}
      resources:
        limits:
          cpus: "1" # one event loop uses one core
          memory: {memory}M
    healthcheck:
      test:
        - CMD
        - node
        - -e
        - "fetch('{asked}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
      interval: {interval}s
      timeout: {timeout}s
      retries: {failures}
      start_period: 20s
"""
