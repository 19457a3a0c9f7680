"""`manage.py heartbeat`: whether services are being looked at, for the health check of worker and beat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from advisor.pipeline.models import Heartbeat

MISSED = 3
GRACE_SECONDS = 30.0
"""Three looks may be missed, and a start takes a while; after that something does not move."""


class Command(BaseCommand):
    """Exit status 0 while beat, broker and worker move together."""

    help = "Fail if no service was looked at for three periods."

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare the last sign of life with the period of the evaluation."""
        oldest = timezone.now() - timedelta(seconds=MISSED * settings.EVALUATE_SECONDS + GRACE_SECONDS)
        last = Heartbeat.objects.filter(name=Heartbeat.EVALUATION).first()
        if last is None or last.at < oldest:
            when = f"since {last.at:%Y-%m-%d %H:%M:%S} UTC" if last else "yet"
            raise CommandError(f"No service was looked at {when}: see the logs of worker, beat and valkey.")
        self.stdout.write(f"{last.at:%Y-%m-%d %H:%M:%S} UTC")
