"""Webhooks as a receiver with the reference library sees them."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from advisor.alerts.channels import webhook
from advisor.alerts.channels.base import ChannelError
from tests.alerts.outbox_rows import SECRET, channel, delivery
from tests.alerts.receivers import answering, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]


def test_the_signature_verifies_and_the_id_stays() -> None:
    with receiving(answering("200 OK")) as receiver:
        channel("webhook", url=f"http://127.0.0.1:{receiver.port}/in", secret=SECRET)
        row = delivery()
        assert webhook.send(row) == webhook.send(row) == "HTTP 200"
    for request in receiver.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        assert Webhook(SECRET).verify(body, headers) == row.payload
        assert headers["webhook-id"] == str(row.pk)
        assert headers["Content-Type"] == "application/json"
        assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert receiver.requests[0].endswith(json.dumps(row.payload, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    ("status", "permanent"),
    [("301 Moved", False), ("400 Bad", False), ("410 Gone", True), ("429 Slow", False), ("500 Broken", False)],
)
def test_other_answers_are_failures(status: str, permanent: bool) -> None:
    with receiving(answering(status)) as receiver:
        channel("webhook", url=f"http://127.0.0.1:{receiver.port}/", secret=SECRET)
        with pytest.raises(ChannelError, match=f"HTTP {status[:3]}") as refusal:
            webhook.send(delivery())
    assert refusal.value.permanent is permanent


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"url": "https://10.0.0.1/", "secret": SECRET}, "not public"),
        ({"url": "https://localhost@10.0.0.1/", "secret": SECRET}, "user name"),
        ({"url": "http://127.0.0.1:1/", "secret": SECRET}, "refused"),
        ({"url": "", "secret": SECRET}, "printable"),
        ({"url": "http://127.0.0.1:1/", "secret": "guess"}, "whsec_"),
        ({}, "whsec_"),
    ],
)
def test_what_cannot_be_sent_says_why(config: dict[str, str], reason: str) -> None:
    channel("webhook", **config)
    with pytest.raises(ChannelError, match=reason):
        webhook.send(delivery())


def test_new_secrets_are_good_and_differ() -> None:
    one, other = webhook.new_secret(), webhook.new_secret()
    webhook.check_secret(one)
    assert one != other


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "whsec_!!!!", "QUJD" * 10, "whsec_" + "QUJD" * 30])
def test_weak_secrets_are_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes"):
        webhook.check_secret(secret)
