"""Adds a webhook: checked when it is typed in, not when the first advice is due."""

from __future__ import annotations

from django.conf import settings

from advisor.alerts.channels import webhook
from advisor.alerts.models import Channel
from advisor.alerts.target import parse


def subscribe(url: str, secret: str = "", name: str = "") -> tuple[Channel, str]:
    """Let every message go to `url` as well; the channel, and the secret that signs its messages.

    An address that is there already gets the new secret and is switched on again.

    Args:
        url: https, or an address inside `ADVISOR_WEBHOOK_ALLOW`.
        secret: `whsec_...`; without it one is made.
        name: for the list of channels; without it the address' host names it.

    Raises:
        ValueError: with one sentence that says what to do.
    """
    secret = secret or webhook.new_secret()
    target = parse(url)
    webhook.check_secret(secret)
    if target.scheme == "http" and not settings.WEBHOOK_ALLOW:
        raise ValueError("Plain http is for ADVISOR_WEBHOOK_ALLOW only; set it, or use https.")
    channel, _ = Channel.objects.update_or_create(
        kind="webhook",
        config__url=url,
        defaults={"config": {"url": url, "secret": secret}, "enabled": True},
        create_defaults={
            "kind": "webhook",
            "name": (name or f"Webhook to {target.authority}")[:255],
            "config": {"url": url, "secret": secret},
        },
    )
    return channel, secret
