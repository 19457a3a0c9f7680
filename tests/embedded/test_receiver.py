"""The demo's webhook receiver keeps what is signed, once a message, and refuses the rest."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from advisor.embedded.receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    server = Receiver(tmp_path / "webhooks", 0, SECRET)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def post(receiver: Receiver, body: bytes, *, secret: str = SECRET, message_id: str = "m-1") -> int:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }
    url = f"http://127.0.0.1:{receiver.server_address[1]}/"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_signed_message_is_kept_in_a_file(receiver: Receiver) -> None:
    assert post(receiver, b'{"type": "recommendation.opened"}') == 204
    kept = json.loads((receiver.folder / "m-1.json").read_text())
    assert kept == {"received": 1, "message": {"type": "recommendation.opened"}}


def test_a_retry_is_counted_not_kept_twice(receiver: Receiver) -> None:
    post(receiver, b"{}")
    post(receiver, b"{}")
    assert [json.loads(f.read_text())["received"] for f in receiver.folder.iterdir()] == [2]


def test_a_foreign_signature_is_refused(receiver: Receiver) -> None:
    assert post(receiver, b"{}", secret="whsec_" + "A" * 32) == 401
    assert list(receiver.folder.iterdir()) == []


def test_a_message_id_cannot_leave_the_folder(receiver: Receiver, tmp_path: Path) -> None:
    assert post(receiver, b"{}", message_id="../../outside") == 204
    assert [f.name for f in receiver.folder.iterdir()] == ["outside.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["webhooks"]
