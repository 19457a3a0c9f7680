"""Peers that store the same points: VictoriaMetrics and Prometheus, as Debian has them.

Their protocols of that age know neither OTLP nor native histograms, so they get the numbers alone: VictoriaMetrics as
Influx lines, Prometheus as remote write. VictoriaMetrics acknowledges what it holds in memory; neither syncs a file
before it answers.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.ingest import corpus, wires

_START_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Peer:
    """How a peer is started and fed.

    Attributes:
        program: its command.
        package: Debian's name for it.
        path: where it takes points.
        headers: what it wants to be told.
    """

    name: str
    program: str
    package: str
    path: str
    headers: dict[str, str]

    def command(self, folder: Path, port: int) -> list[str]:
        """Its command line."""
        if self.name == "VictoriaMetrics":
            return [
                self.program,
                f"-storageDataPath={folder}",
                f"-httpListenAddr=127.0.0.1:{port}",
                "-retentionPeriod=1",
            ]
        config = folder / "prometheus.yml"
        config.write_text("global: {}\n")
        return [
            self.program,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-remote-write-receiver",
            "--log.level=error",
        ]

    def bodies(self, hosts: range, steps: range, end: float) -> Iterator[bytes]:
        """The points of `corpus.bodies` without histograms, a body a host and step."""
        said = corpus.template(with_histograms=False)
        form = wires.influx if self.name == "VictoriaMetrics" else wires.remote_write
        fill = form(said, corpus.NAME, corpus.AT)
        for step in steps:
            at = end - (steps.stop - step) * corpus.STEP
            for host in hosts:
                yield fill(f"host-{host:07d}", at)


PEERS: Final = (
    Peer("VictoriaMetrics", "victoria-metrics", "victoria-metrics", "/write?precision=ms", {}),
    Peer(
        "Prometheus",
        "prometheus",
        "prometheus",
        "/api/v1/write",
        {
            "content-encoding": "snappy",
            "content-type": "application/x-protobuf",
            "x-prometheus-remote-write-version": "0.1.0",
        },
    ),
)


@contextmanager
def running(peer: Peer, folder: Path) -> Iterator[tuple[int, int]]:
    """Its port and its process; it is there when this begins, and gone when this ends."""
    folder.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(peer.command(folder, port), stdout=log, stderr=log, cwd=folder)
    try:
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def missing(peer: Peer) -> str:
    """What has to be installed for it, or nothing."""
    return "" if shutil.which(peer.program) else f"apt install {peer.package}"


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _await(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5).close()  # our own
            return
        except urllib.error.HTTPError as answer:
            if answer.code != 503:  # no such page: it listens
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"nothing listens on {port} after {_START_SECONDS:.0f} s")
        time.sleep(0.1)
