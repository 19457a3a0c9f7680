"""Our agent, as it is installed: in an environment of its own, compiled."""

from __future__ import annotations

import compileall
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

from bench.subject import Launch, Place, Subject, interpreter
from bench.wires import Sink

OURS, OURS_TLS, BEFORE = "ours", "ours, TLS", "before"
_SOURCE = Path(__file__).parents[1] / "src"


class Installed:
    """The agent's package in an environment without anything else."""

    def __init__(self, folder: Path, source: Path = _SOURCE) -> None:
        subprocess.run([interpreter(), "-m", "venv", "--without-pip", folder], check=True)
        self.python = folder / "bin" / "python"
        self.package = next(folder.glob("lib/python*/site-packages")) / "advisor_agent"
        shutil.copytree(source / "advisor_agent", self.package, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(str(self.package), quiet=1)

    @property
    def size(self) -> int:
        """Bytes on the disk, compiled files included."""
        return sum(path.stat().st_size for path in self.package.rglob("*") if path.is_file())


class Authority:
    """A certificate authority made on the spot, and the certificate of `localhost` that it signed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.file, key, certificate = folder / "ca.pem", folder / "key.pem", folder / "localhost.pem"
        new: list[str | Path] = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        _quietly([*new, "-subj", "/CN=bench", "-keyout", folder / "ca.key", "-out", self.file])
        leaf = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"]
        signed: list[str | Path] = ["-CA", self.file, "-CAkey", folder / "ca.key", "-out", certificate]
        _quietly([*new, "-subj", "/CN=localhost", "-keyout", key, *leaf, *signed])
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)


def ours(installed: Installed, name: str = OURS) -> Subject:
    """Over a plain connection."""
    return Subject(name, "host, Node.js processes", _nothing, lambda place: _launch(installed, place, Sink(), {}))


def ours_with_tls(installed: Installed, authority: Authority) -> Subject:
    """Over TLS; the agent takes another authority as every program on OpenSSL does, from SSL_CERT_FILE."""
    trust = {"SSL_CERT_FILE": str(authority.file), "SSL_CERT_DIR": "/nonexistent"}
    launch = lambda place: _launch(installed, place, Sink(authority.context), trust)  # noqa: E731
    return Subject(OURS_TLS, "host, Node.js processes", _nothing, launch)


def _launch(installed: Installed, place: Place, sink: Sink, environment: dict[str, str]) -> Launch:
    settings = {
        "ADVISOR_SERVER": sink.url,
        "ADVISOR_TOKEN": "sah_" + "0" * 45,  # as long as a real one
        "ADVISOR_INTERVAL": str(place.every),
        "ADVISOR_LISTEN": "127.0.0.1:0",
        "ADVISOR_STATE_DIR": str(place.folder / "state"),
        **environment,
    }
    return Launch([str(installed.python), "-m", "advisor_agent", "run"], sink, settings)


def _nothing(python: Path) -> str:
    return ""


def _quietly(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise OSError("openssl makes no certificate")
