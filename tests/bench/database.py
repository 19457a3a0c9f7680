"""A database of the product for a bench, in this very process."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import django

from tests.bench.ingest.ours import postgresql


def connect(database: str, folder: Path, stack: ExitStack) -> None:
    """Make an empty one, `postgresql` or `sqlite`, and let Django have it; it ends with the stack."""
    url = f"sqlite:///{folder / 'advisor.sqlite3'}"
    if database == "postgresql":
        url, _ = stack.enter_context(postgresql(folder / "postgresql"))
    os.environ |= {
        "ADVISOR_HOME": str(folder / "home"),
        "ADVISOR_SECRET_KEY": "a key for the bench alone",
        "ADVISOR_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "advisor.settings",
    }
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
