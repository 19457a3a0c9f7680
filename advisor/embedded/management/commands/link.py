"""`manage.py link`: a sign-in link, for an installation whose processes run elsewhere (compose, systemd)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from advisor.embedded import installation


class Command(BaseCommand):
    """Prints one link; it works once, within 15 minutes."""

    help = "Print a link that signs the owner in, once, within 15 minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the owner's account if needed, and the link."""
        self.stdout.write(installation.sign_in_link())
