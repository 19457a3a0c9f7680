"""Makes tokens and knows them again. Only the SHA-256 of a token is kept, so a stolen table opens nothing.

A token reads `sah_k3x9q0c1v7bd_<43 characters>`: kind, public prefix, secret of 32 random bytes in base64url.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from advisor.fleet.models import Host, Token

_ALPHABET = string.ascii_lowercase + string.digits
_FORM = re.compile(r"(sae|sah|sat)_([a-z0-9]{12})_[A-Za-z0-9_-]{43}")


def make(
    kind: Token.Kind, name: str = "", host: Host | None = None, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token and its text, which is shown once and never again."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    raw = f"{kind.value}_{prefix}_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        kind=kind, prefix=prefix, digest=_digest(raw), name=name, host=host, expires_at=expires_at
    )
    return token, raw


def is_formed(raw: str) -> bool:
    """Whether the text looks like a token; nobody need be asked about one that does not."""
    return _FORM.fullmatch(raw) is not None


def authenticate(raw: str) -> Token | None:
    """The token that this text is, with its host; None where it is unknown, expired or revoked.

    One query by the public prefix, then a comparison in constant time. Callers may remember the answer
    for at most 10 s: that is how long a revoked token may still be taken.
    """
    form = _FORM.fullmatch(raw)
    if form is None:
        return None
    token = good(timezone.now()).select_related("host").filter(kind=form[1], prefix=form[2]).first()
    if token is None or not hmac.compare_digest(_digest(raw), bytes(token.digest)):
        return None
    return token


def good(now: datetime) -> QuerySet[Token]:
    """The tokens that are neither revoked nor expired."""
    return Token.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)


def revoke(token: Token) -> None:
    """From at most ten seconds on it opens nothing. What it made (an enrolment key's host tokens) stays."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()
