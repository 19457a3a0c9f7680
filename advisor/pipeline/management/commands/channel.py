"""`manage.py channel`: add a webhook, and list the channels there are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisor.alerts.models import Channel
from advisor.alerts.subscribe import subscribe


class Command(BaseCommand):
    """Adds and lists channels."""

    help = "Add a webhook (the signing secret is printed once) or list the channels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of two actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser(
            "add-webhook", help="tell an address of every advice; adding it again changes its secret"
        )
        add.add_argument("--url", required=True, help="https://..., or an address inside ADVISOR_WEBHOOK_ALLOW")
        add.add_argument("--secret", help="whsec_...; without it one is made")
        actions.add_parser("list", help="list the channels")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; what cannot be done is one sentence."""
        if options["action"] == "list":
            self._list()
        else:
            self._add(options["url"], options["secret"] or "")

    def _add(self, url: str, secret: str) -> None:
        try:
            _, secret = subscribe(url, secret)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Signing secret (shown once): {secret}")

    def _list(self) -> None:
        for channel in Channel.objects.order_by("id"):
            state = "on" if channel.enabled else "off"
            where = channel.config.get("url") or ", ".join(channel.config.get("to") or settings.MAIL_TO)
            self.stdout.write(f"{channel.pk}  {channel.kind}  {state}  {channel.name}  {where}")
