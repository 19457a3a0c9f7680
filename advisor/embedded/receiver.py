"""The demo's webhook receiver: checks each signature and keeps one file per message.

`python -m advisor.embedded.receiver FOLDER PORT` reads the secret from `ADVISOR_WEBHOOK_SECRET`.
A message that comes twice (a retry keeps its `webhook-id`) is counted in its file, so that one look
at the folder shows what arrived and how often.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

_BODY_LIMIT = 64 * 1024


class Receiver(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int, secret: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder
        self.webhook = Webhook(secret)
        folder.mkdir(parents=True, exist_ok=True)

    def accept(self, headers: dict[str, str], body: bytes) -> Path:
        """Keep one verified message; WebhookVerificationError if the signature is not ours."""
        message: Any = self.webhook.verify(body, headers)
        path = self.folder / f"{Path(headers['webhook-id']).name}.json"
        seen = json.loads(path.read_text())["received"] if path.exists() else 0
        path.write_text(json.dumps({"received": seen + 1, "message": message}, indent=1) + "\n")
        return path


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        if length > _BODY_LIMIT:
            return self._answer(413)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self.server.accept(headers, self.rfile.read(length))
        except WebhookVerificationError:
            return self._answer(401)
        return self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the folder is the log."""


def main(folder: str, port: str) -> None:
    """Serve until stopped."""
    Receiver(Path(folder), int(port), os.environ["ADVISOR_WEBHOOK_SECRET"]).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
