"""How long those wait for the database who must answer others in time."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

_SECONDS: Final = 5
"""The longest statement. A group of batches takes a tenth of it; recovery is promised within this time."""

_LOCK_SECONDS: Final = 1.5
"""The longest wait for a lock of somebody else. Less than a request waits, so that its sender reads why."""

_CONNECT_SECONDS: Final = 2
"""The shortest that libpq knows."""

_SILENCE_SECONDS: Final = 3
"""How long a network may swallow what is sent before the connection counts as lost."""


def shorten(kept: float = 0.0) -> None:
    """Let the connection of this thread give up soon, from its next opening on. Others wait as the settings say.

    Args:
        kept: seconds after which the connection counts as obsolete where somebody asks.
    """
    settings = connection.settings_dict
    connection.settings_dict = {**settings, "OPTIONS": _shortened(settings["OPTIONS"]), "CONN_MAX_AGE": kept}


def _shortened(options: dict[str, Any]) -> dict[str, Any]:
    if connection.vendor == "sqlite":
        return {**options, "timeout": _LOCK_SECONDS}
    own = f"-c statement_timeout={_SECONDS}s -c lock_timeout={_LOCK_SECONDS * 1000:.0f}ms"
    return {
        **options,
        "connect_timeout": _CONNECT_SECONDS,
        "options": f"{options.get('options', '')} {own} -c idle_in_transaction_session_timeout={_SECONDS}s",
        "keepalives_idle": 1,
        "keepalives_interval": 1,
        "keepalives_count": _SILENCE_SECONDS,
        "tcp_user_timeout": _SILENCE_SECONDS * 1000,
    }
