"""Signed webhooks after Standard Webhooks 1.0. `config`: `url`, and `secret` (`whsec_` + 24 to 64 bytes in base64)."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import UTC, datetime

from django.conf import settings
from standardwebhooks import Webhook

from advisor.alerts.channels.base import ChannelError
from advisor.alerts.connector import post
from advisor.alerts.models import Delivery
from advisor.alerts.target import BadTarget, networks, parse

_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)
_GONE = 410
_USER_AGENT = "scaling-advisor"


def send(delivery: Delivery) -> str:
    """POST the payload; every 2xx is a success, every redirect a failure, 410 switches the channel off."""
    config = delivery.channel.config
    body = json.dumps(delivery.payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        headers = _headers(str(delivery.id), body, str(config.get("secret", "")))
        target = parse(str(config.get("url", "")))
        status = post(target, headers, body.encode(), networks(settings.WEBHOOK_ALLOW))
    except (BadTarget, OSError, ValueError) as error:
        raise ChannelError(str(error) or type(error).__name__) from error
    if not 200 <= status < 300:
        raise ChannelError(f"HTTP {status}", permanent=status == _GONE)
    return f"HTTP {status}"


def new_secret() -> str:
    """A signing secret of 32 random bytes."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> None:
    """Raise `ValueError`, with what to do, if this is no Standard Webhooks secret."""
    try:
        length = len(base64.b64decode(secret.removeprefix(_PREFIX), validate=True))
    except binascii.Error:
        length = 0
    if not secret.startswith(_PREFIX) or length not in _SECRET_BYTES:
        raise ValueError("The secret must be whsec_ and 24 to 64 bytes in base64; leave it out and one is made.")


def _headers(message_id: str, body: str, secret: str) -> dict[str, str]:
    check_secret(secret)
    now = datetime.now(UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }
