"""Registers the system checks, whichever process starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from advisor.checks import advisor_settings


class EmbeddedConfig(AppConfig):
    """The application that owns the running of things."""

    name = "advisor.embedded"

    def ready(self) -> None:
        """Add our checks to Django's."""
        checks.register(advisor_settings, checks.Tags.security)
