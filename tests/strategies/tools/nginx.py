"""A real NGINX, which checks a configuration or serves by it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.strategies.tools.node import wanted

PATIENCE = 30.0
_MAIN = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  {temporary}
  include {folder}/site.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_OWN_PLACES = {"/var/cache/nginx/": "cache-", "/etc/nginx/tls/": "", "/srv/": "srv-"}


def complaints(code: str, folder: Path) -> str:
    """What `nginx -t` says of a file for `conf.d`; empty where it accepts it without a warning."""
    done = subprocess.run([*_command(code, folder), "-t"], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "syntax is ok" not in line and "is successful" not in line]
    return "\n".join(said)


@contextmanager
def serving(code: str, servers: Sequence[int], folder: Path) -> Iterator[int]:
    """The port of an NGINX that serves by the file, its servers in their order at these ports of this machine."""
    port = free_port()
    with subprocess.Popen(_command(code, folder, servers, port), stderr=subprocess.DEVNULL) as process:
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _command(code: str, folder: Path, servers: Sequence[int] = (), port: int = 0) -> list[str]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    wanted(program is not None, "NGINX is missing (Debian: apt install nginx-light).")
    (folder / "site.conf").write_text(_at_home(code, folder, servers, port))
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, temporary=temporary))
    return [str(program), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _at_home(code: str, folder: Path, servers: Sequence[int], port: int) -> str:
    """The file with names that resolve here, ports that are free, and paths in a folder of the test."""
    ports = iter(servers)
    code = re.sub(r"(^\s+server) [\w.-]+:(\d+)", lambda found: f"{found[1]} 127.0.0.1:{next(ports, found[2])}", code,
                  flags=re.MULTILINE)  # fmt: skip
    code = re.sub(r"listen \d+", lambda _: f"listen 127.0.0.1:{port or free_port()}", code)
    for place, own in _OWN_PLACES.items():
        code = code.replace(place, f"{folder}/{own}")
    return code


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("NGINX does not listen")
