"""Names that senders chose, made fit for a database."""

from __future__ import annotations


def clean(value: object, limit: int) -> str:
    """At most `limit` characters of a name, without NUL and lone surrogates: no database stores those."""
    return str(value)[:limit].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
