"""What an installation needs in its database before anything runs: tables, an owner, the local agent's token.

Import this only once `ADVISOR_HOME` is in the environment: Django reads its settings at the import.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import django
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from advisor.embedded.refusal import CannotStartError

try:
    django.setup()
except (ImproperlyConfigured, ValueError) as error:
    raise CannotStartError(f"A setting cannot be read: {error}") from error

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from advisor.alerts.subscribe import subscribe
from advisor.fleet import links, tokens
from advisor.fleet.models import Token

OWNER = "owner"
"""Name of the account that sign-in links open."""


def check_settings() -> None:
    """Raises `CannotStartError` that names every wrong setting with its hint."""
    wrong = [message for message in checks.run_checks() if message.level >= checks.ERROR]
    if wrong:
        lines = (f"  {message.msg} {message.hint or ''}".rstrip() for message in wrong)
        raise CannotStartError("\n".join(("Settings that cannot work:", *lines)))


def migrate(say: Callable[[str], None]) -> None:
    """Bring the tables up to date, and say so when there is something to do."""
    try:
        executor = MigrationExecutor(connection)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if steps:
            say(f"Preparing the database ({steps} steps) ...")
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        name = settings.DATABASES["default"]["NAME"]
        raise CannotStartError(f"The database {name} cannot be used ({error}): check ADVISOR_DATABASE_URL.") from error


def owner() -> User:
    """The account of whoever has the terminal. It has no password: only links open it."""
    user, is_new = get_user_model().objects.get_or_create(
        username=OWNER, defaults={"is_staff": True, "is_superuser": True}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def sign_in_link() -> str:
    """A link that signs the owner in, once."""
    return f"{settings.PUBLIC_URL}/sign-in/{links.make(owner())}/"


def demo_channel(url: str) -> str:
    """Let every message go to `url` as well, and answer the secret that signs them."""
    return subscribe(url, name="Demo")[1]


def agent_token(path: Path) -> None:
    """Leave a host token that works in `path`, readable by its owner only."""
    known = path.read_text().strip() if path.is_file() else ""
    if known and tokens.authenticate(known):
        return
    _, secret = tokens.make(Token.Kind.HOST, name=f"local agent of {socket.gethostname()}")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)


def rest() -> None:
    """Let go of the database until the next call: the foreground lives for weeks and asks it rarely."""
    connection.close()
