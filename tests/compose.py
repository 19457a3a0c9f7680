"""docker-compose.yml as local processes: every service's own command, at other addresses."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from advisor.embedded import ports
from advisor.embedded.children import valkey_server

PROJECT = Path(__file__).resolve().parent.parent
FILE = PROJECT / "docker-compose.yml"
SECRETS = {"ADVISOR_SECRET_KEY": "a key for tests alone", "POSTGRES_PASSWORD": "secret"}

_NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""
"""What the nginx image's own file adds, for a server without rights of its own."""


def services() -> dict[str, Any]:
    """The services of the file, with its defaults and `SECRETS` filled in."""
    loaded: dict[str, Any] = _filled(yaml.safe_load(FILE.read_text())["services"])
    return loaded


def _filled(node: Any) -> Any:
    """The same tree with every `${NAME...}` replaced, as Compose does it: after the file was read."""
    if isinstance(node, dict):
        return {key: _filled(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value) for value in node]
    if not isinstance(node, str):
        return node
    return _VARIABLE.sub(lambda found: SECRETS.get(found["name"], found["default"] or ""), node)


_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}")


def nginx() -> str | None:
    """The server's program; Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


class Stack:
    """The file's services on this machine. `home` is short, private and empty."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        self.services = services()
        self.ports = {name: ports.any_free("127.0.0.1") for name in ("nginx", "web", "ingest", "valkey")}
        self.url = f"http://127.0.0.1:{self.ports['nginx']}"
        self._changed = {
            "ADVISOR_HOME": str(home),
            "ADVISOR_PUBLIC_URL": self.url,
            "ADVISOR_DATABASE_URL": database_url,
            "ADVISOR_VALKEY_URL": f"redis://127.0.0.1:{self.ports['valkey']}",
            "ADVISOR_EMAIL_URL": "consolemail://",
            "ADVISOR_EVALUATE_SECONDS": "1",
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def environment(self, name: str) -> dict[str, str]:
        """What the service finds in its environment, with addresses of this machine."""
        own: Mapping[str, str] = self.services[name].get("environment", {})
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("ADVISOR_")}
        return {**inherited, "PATH": path, **own, **{key: self._changed[key] for key in own if key in self._changed},
                "ADVISOR_HOME": str(self.home), "ADVISOR_EVALUATE_SECONDS": "1"}  # fmt: skip

    def command(self, name: str) -> list[str]:
        """The service's command, listening where this stack has its place."""
        words = shlex.split(self.services[name]["command"])
        if name in self.ports:
            words = _replaced(words, {"--host": "127.0.0.1", "--port": str(self.ports[name])})
        if name == "valkey":
            place = ("--port", str(self.ports[name]), "--bind", "127.0.0.1", "--dir", str(self.home), "--save", "")
            words = [valkey_server(), *words[1:], *place]
        return words

    def healthcheck(self, name: str) -> list[str]:
        """The service's own check, asking at its place in this stack."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return [re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{self.ports.get(name)}", word) for word in words]

    def run(self, name: str, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the service to its end."""
        return subprocess.run(
            command or self.command(name), cwd=PROJECT, env=self.environment(name), text=True, capture_output=True,
            timeout=180, check=False,
        )  # fmt: skip

    def start(self, name: str) -> None:
        """Start the service; its output goes to a file in the home."""
        command = self._nginx_command() if name == "nginx" else self.command(name)
        with (self.home / f"{name}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(command, cwd=PROJECT, env=self.environment(name), stdout=log, stderr=log)
            )

    def stop(self) -> None:
        """End all, the last first."""
        for process in reversed(self._running):
            process.terminate()
        for process in reversed(self._running):
            process.wait(timeout=60)

    def log(self) -> str:
        """What everybody said, for a failed test."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-2000:]}" for path in self.home.glob("*.log"))

    def _nginx_command(self) -> list[str]:
        """Fill in the template as the image does: the names of its environment, and no others."""
        (volume,) = self.services["nginx"]["volumes"]
        template = PROJECT / volume.split(":")[0]
        filled = {
            "LISTEN_ADDRESS": f"127.0.0.1:{self.ports['nginx']}",
            "WEB_ADDRESS": f"127.0.0.1:{self.ports['web']}",
            "INGEST_ADDRESS": f"127.0.0.1:{self.ports['ingest']}",
        }
        assert filled.keys() == self.services["nginx"]["environment"].keys()
        site = re.sub(r"\$\{(\w+)\}", lambda found: filled[found[1]], template.read_text())
        user = "user root;" if os.getuid() == 0 else ""
        (self.home / "nginx.conf").write_text(_NGINX.format(folder=self.home, site=site, user=user))
        program = nginx()
        assert program is not None
        return [program, "-e", "stderr", "-p", str(self.home), "-c", str(self.home / "nginx.conf")]


def _replaced(words: list[str], values: Mapping[str, str]) -> list[str]:
    """The same words, with the value after each of these options changed."""
    return [values.get(before, word) for before, word in zip(["", *words], words, strict=False)]
